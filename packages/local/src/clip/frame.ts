import type { Target } from "./blend-plane.js";

/** A frame in planar YUV 4:2:0, in one buffer as the encoder takes it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly luma: Target;
  readonly blue: Target;
  readonly red: Target;
}

/** Makes a frame; both sides even. */
export function createFrame(width: number, height: number): Frame {
  const size = width * height;
  const data = new Uint8Array(size * 1.5);
  const half = { width: width >> 1, height: height >> 1, factor: 0.5 };
  return {
    width,
    height,
    data,
    luma: { data: data.subarray(0, size), width, height, factor: 1 },
    blue: { data: data.subarray(size, size * 1.25), ...half },
    red: { data: data.subarray(size * 1.25), ...half },
  };
}

/** Fills the frame with black. */
export function clearFrame(frame: Frame): void {
  frame.luma.data.fill(16);
  frame.blue.data.fill(128);
  frame.red.data.fill(128);
}

/** Darkens each pixel by a map (256 keeps it), and the whole by `light` (1 keeps it) towards black. */
export function finishFrame(frame: Frame, vignetteMap: Uint16Array, light: number): void {
  const { data } = frame.luma;
  const factor = Math.round(light * 256);
  for (let at = 0; at < data.length; at++) {
    data[at] = 16 + ((((data[at] ?? 16) - 16) * (vignetteMap[at] ?? 256) * factor + 32768) >> 16);
  }
  if (factor === 256) return;
  for (const plane of [frame.blue.data, frame.red.data]) {
    for (let at = 0; at < plane.length; at++) plane[at] = 128 + ((((plane[at] ?? 128) - 128) * factor + 128) >> 8);
  }
}
