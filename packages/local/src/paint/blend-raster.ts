import type { Raster } from "../scene/layer-plan.js";

/** An empty, fully transparent raster. */
export function createRaster(width: number, height: number): Raster {
  return { width, height, data: new Uint8Array(width * height * 4) };
}

/** Lays a raster of the same size over an opaque one. */
export function layOver(below: Raster, above: Raster): void {
  const target = below.data;
  const source = above.data;
  for (let at = 0; at < target.length; at += 4) {
    const alpha = source[at + 3] ?? 0;
    if (alpha === 0) continue;
    const rest = 255 - alpha;
    target[at] = ((source[at] ?? 0) * alpha + (target[at] ?? 0) * rest + 127) / 255;
    target[at + 1] = ((source[at + 1] ?? 0) * alpha + (target[at + 1] ?? 0) * rest + 127) / 255;
    target[at + 2] = ((source[at + 2] ?? 0) * alpha + (target[at + 2] ?? 0) * rest + 127) / 255;
    target[at + 3] = 255;
  }
}

/** The middle of a raster. */
export function cropMiddle(raster: Raster, width: number, height: number): Raster {
  const left = Math.floor((raster.width - width) / 2);
  const top = Math.floor((raster.height - height) / 2);
  const cut = createRaster(width, height);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * raster.width + left) * 4;
    cut.data.set(raster.data.subarray(from, from + width * 4), row * width * 4);
  }
  return cut;
}
