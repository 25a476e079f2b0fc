import type { Frame } from "./frame.js";

/** A colour of the frame: brightness and the two colour differences. */
export type Yuv = readonly [y: number, u: number, v: number];

/** A soft disc; `opacity` 0 to 1 in the middle. */
export function drawDisc(frame: Frame, x: number, y: number, radius: number, color: Yuv, opacity: number): void {
  fillDisc(frame.luma.data, frame.width, frame.height, x, y, radius, color[0], opacity);
  if (radius < 1.2) return;
  fillDisc(frame.blue.data, frame.width >> 1, frame.height >> 1, x / 2, y / 2, radius / 2, color[1], opacity);
  fillDisc(frame.red.data, frame.width >> 1, frame.height >> 1, x / 2, y / 2, radius / 2, color[2], opacity);
}

function fillDisc(
  data: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  radius: number,
  value: number,
  opacity: number,
): void {
  const reach = Math.max(1, radius);
  const firstRow = Math.max(0, Math.ceil(y - reach));
  const lastRow = Math.min(height - 1, Math.floor(y + reach));
  const firstColumn = Math.max(0, Math.ceil(x - reach));
  const lastColumn = Math.min(width - 1, Math.floor(x + reach));
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const distance = ((column - x) ** 2 + (row - y) ** 2) / (reach * reach);
      if (distance >= 1) continue;
      const share = opacity * (1 - distance) * (1 - distance * 0.4);
      const at = row * width + column;
      const before = data[at] ?? 0;
      data[at] = before + (value - before) * share;
    }
  }
}

/** A thin line from a point along a vector, soft at its ends. */
export function drawStreak(
  frame: Frame,
  x: number,
  y: number,
  along: readonly [number, number],
  thick: number,
  color: Yuv,
  opacity: number,
): void {
  const [dx, dy] = along;
  const steps = Math.max(2, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
  const { data } = frame.luma;
  for (let step = 0; step <= steps; step++) {
    const share = step / steps;
    const row = Math.round(y + dy * share);
    if (row < 0 || row >= frame.height) continue;
    const strength = opacity * (1 - Math.abs(share * 2 - 1) * 0.7);
    const center = x + dx * share;
    const first = Math.floor(center - thick / 2);
    for (let column = first; column <= first + Math.ceil(thick); column++) {
      if (column < 0 || column >= frame.width) continue;
      const cover = Math.max(0, Math.min(1, thick / 2 + 0.5 - Math.abs(column - center)));
      const at = row * frame.width + column;
      const before = data[at] ?? 0;
      data[at] = before + (color[0] - before) * strength * cover;
    }
  }
}

/** An ellipse line, like a ring on water. */
export function drawRing(frame: Frame, x: number, y: number, radius: number, color: Yuv, opacity: number): void {
  const steps = Math.max(8, Math.ceil(radius * 3));
  for (let step = 0; step < steps; step++) {
    const angle = (step / steps) * Math.PI * 2;
    const column = Math.round(x + Math.cos(angle) * radius);
    const row = Math.round(y + Math.sin(angle) * radius * 0.32);
    if (column < 0 || row < 0 || column >= frame.width || row >= frame.height) continue;
    const at = row * frame.width + column;
    const before = frame.luma.data[at] ?? 0;
    frame.luma.data[at] = before + (color[0] - before) * opacity;
  }
}
