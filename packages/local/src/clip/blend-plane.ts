import type { Plane } from "./plane-layer.js";

/** Where a layer stands in one frame; lengths in pixels of the frame. */
export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Pixels sideways per pixel of height, around `pivot`. */
  readonly shear: number;
  /** 0 top to 1 bottom. */
  readonly pivot: number;
  readonly ripple: number;
  readonly seconds: number;
  /** 0 to 256. */
  readonly opacity: number;
  readonly isFree: boolean;
}

/** A plane of the frame to draw on. */
export interface Target {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 for brightness, 0.5 for colour. */
  readonly factor: number;
}

/** Rows of the frame that a nearer layer will cover, one flag per full-resolution row. */
export type CoveredRows = Uint8Array;

/** Lays a plane over the frame with bilinear sampling, skipping rows that will be covered. */
export function blendPlane(target: Target, plane: Plane, placement: Placement, covered: CoveredRows): void {
  const rowStep = target.factor === 1 ? 1 : 2;
  for (let row = 0; row < target.height; row++) {
    if (covered[row * rowStep] === 1) continue;
    const sourceY = sourceRow(row, target, plane, placement);
    const top = Math.floor(sourceY);
    const start = Math.min(plane.starts[top] ?? 0, plane.starts[top + 1] ?? 0);
    const end = Math.max(plane.ends[top] ?? 0, plane.ends[top + 1] ?? 0);
    if (end <= 0) continue;
    const sourceX = sourceColumn(sourceY, target, plane, placement);
    const { scale } = placement;
    const from = Math.max(0, Math.ceil((Math.max(0, start - 1) - sourceX) * scale));
    const to = Math.min(target.width, Math.floor((Math.min(plane.width - 1.01, end) - sourceX) * scale) + 1);
    if (to <= from) continue;
    const solid = solidSpan(plane, top, sourceX, scale, from, to, placement.opacity);
    const line = { target, plane, row, top, weight: Math.floor((sourceY - top) * 256), x: sourceX, step: 1 / scale };
    if (solid === undefined) blendSpan(line, from, to, placement.opacity);
    else {
      blendSpan(line, from, solid[0], placement.opacity);
      copySpan(line, solid[0], solid[1]);
      blendSpan(line, solid[1], to, placement.opacity);
    }
  }
}

/** Flags the rows of the frame that this layer fills from side to side. */
export function markCovered(covered: CoveredRows, target: Target, plane: Plane, placement: Placement): void {
  if (placement.opacity < 256) return;
  for (let row = 0; row < target.height; row++) {
    const sourceY = sourceRow(row, target, plane, placement);
    const top = Math.floor(sourceY);
    const start = Math.max(plane.solidStarts[top] ?? 0, plane.solidStarts[top + 1] ?? 0);
    const end = Math.min(plane.solidEnds[top] ?? 0, plane.solidEnds[top + 1] ?? 0);
    const left = sourceColumn(sourceY, target, plane, placement);
    const right = left + target.width / placement.scale;
    if (start <= left - 1 || start === 0) if (end >= right + 1 || end === plane.width) covered[row] = 1;
  }
}

interface Line {
  readonly target: Target;
  readonly plane: Plane;
  readonly row: number;
  readonly top: number;
  readonly weight: number;
  readonly x: number;
  readonly step: number;
}

function sourceRow(row: number, target: Target, plane: Plane, placement: Placement): number {
  const y = (row + 0.5 - target.height / 2) / placement.scale + plane.height / 2 - placement.y * target.factor - 0.5;
  return Math.min(plane.height - 1.01, Math.max(0, y));
}

function sourceColumn(sourceY: number, target: Target, plane: Plane, placement: Placement): number {
  const share = sourceY / plane.height;
  const swing = placement.ripple === 0 ? 0 : placement.ripple * (0.25 + share) * waves(share, placement.seconds);
  const lean = placement.shear * (placement.pivot - share) * plane.height;
  const x =
    (0.5 - target.width / 2) / placement.scale +
    plane.width / 2 -
    placement.x * target.factor -
    0.5 -
    lean -
    swing * target.factor;
  if (placement.isFree) return x;
  return Math.max(0, Math.min(plane.width - 1.02 - (target.width - 1) / placement.scale, x));
}

function waves(share: number, seconds: number): number {
  return (
    Math.sin(share * 95 + seconds * 2.3) +
    0.6 * Math.sin(share * 230 - seconds * 3.1) +
    0.5 * Math.sin(share * 31 + seconds * 1.1)
  );
}

function solidSpan(
  plane: Plane,
  top: number,
  x: number,
  scale: number,
  from: number,
  to: number,
  opacity: number,
): readonly [number, number] | undefined {
  if (opacity < 256) return undefined;
  const start = Math.max(plane.solidStarts[top] ?? 0, plane.solidStarts[top + 1] ?? 0);
  const end = Math.min(plane.solidEnds[top] ?? 0, plane.solidEnds[top + 1] ?? 0);
  const first = Math.max(from, Math.ceil((start - x) * scale));
  const last = Math.min(to, Math.floor((end - 1.01 - x) * scale));
  return last - first > 8 ? [first, last] : undefined;
}

function copySpan(line: Line, from: number, to: number): void {
  const { data } = line.target;
  const source = line.plane.data;
  const upper = line.top * line.plane.width;
  const lower = upper + line.plane.width;
  const { weight } = line;
  const rest = 256 - weight;
  const step = Math.round(line.step * 65536);
  let position = Math.round((line.x + from * line.step) * 65536);
  const offset = line.row * line.target.width;
  for (let at = offset + from; at < offset + to; at++) {
    const column = position >> 16;
    const right = (position >> 8) & 255;
    const left = 256 - right;
    const a = (source[upper + column] ?? 0) * left + (source[upper + column + 1] ?? 0) * right;
    const b = (source[lower + column] ?? 0) * left + (source[lower + column + 1] ?? 0) * right;
    data[at] = (a * rest + b * weight + 32768) >> 16;
    position += step;
  }
}

function blendSpan(line: Line, from: number, to: number, opacity: number): void {
  const { data } = line.target;
  const { data: source, alpha: alphas } = line.plane;
  const upper = line.top * line.plane.width;
  const lower = upper + line.plane.width;
  const { weight } = line;
  const rest = 256 - weight;
  const step = Math.round(line.step * 65536);
  let position = Math.round((line.x + from * line.step) * 65536);
  const offset = line.row * line.target.width;
  for (let at = offset + from; at < offset + to; at++, position += step) {
    const column = position >> 16;
    const right = (position >> 8) & 255;
    const left = 256 - right;
    const first = upper + column;
    const second = lower + column;
    const a0 = alphas[first] ?? 0;
    const a1 = alphas[first + 1] ?? 0;
    const a2 = alphas[second] ?? 0;
    const a3 = alphas[second + 1] ?? 0;
    if ((a0 | a1 | a2 | a3) === 0) continue;
    const alpha = (((a0 * left + a1 * right) * rest + (a2 * left + a3 * right) * weight) >> 16) * opacity;
    const c = (source[first] ?? 0) * left + (source[first + 1] ?? 0) * right;
    const d = (source[second] ?? 0) * left + (source[second + 1] ?? 0) * right;
    const value = ((c * rest + d * weight) >> 8) * opacity;
    const kept = (data[at] ?? 0) * (65280 - alpha);
    // 65280 is 255 * 256; adding a 256th brings it to the scale of 65536.
    data[at] = (value + kept + (kept >> 8) + 32768) >> 16;
  }
}
