import type { Raster } from "../scene/layer-plan.js";

/** One channel of a layer, already multiplied with its alpha, and where each of its rows has something. */
export interface Plane {
  readonly data: Uint8Array;
  readonly alpha: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly starts: Int16Array;
  readonly ends: Int16Array;
  /** Longest fully opaque run of each row. */
  readonly solidStarts: Int16Array;
  readonly solidEnds: Int16Array;
}

/** A layer as the encoder wants it: brightness in full, colour in half resolution (BT.709, limited range). */
export interface PlaneLayer {
  readonly luma: Plane;
  readonly blue: Plane;
  readonly red: Plane;
  /** Content ends before the sides, so the layer may wander. */
  readonly isFree: boolean;
}

/** Converts a picture to planes. */
export function toPlaneLayer(raster: Raster): PlaneLayer {
  const luma = lumaPlane(raster);
  const halfAlpha = halveAlpha(raster);
  const runs = findRuns(halfAlpha, raster.width >> 1, raster.height >> 1);
  const chroma = chromaPlanes(raster, halfAlpha);
  const size = { alpha: halfAlpha, width: raster.width >> 1, height: raster.height >> 1, ...runs };
  return {
    luma,
    blue: { data: chroma.blue, ...size },
    red: { data: chroma.red, ...size },
    isFree: !touchesSides(luma),
  };
}

/** BT.709 limited range from 8-bit colour. */
export function toYuv(red: number, green: number, blue: number): readonly [y: number, u: number, v: number] {
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return [16 + (y * 219) / 255, 128 + ((blue - y) / 1.8556) * (224 / 255), 128 + ((red - y) / 1.5748) * (224 / 255)];
}

function lumaPlane(raster: Raster): Plane {
  const { width, height, data: source } = raster;
  const data = new Uint8Array(width * height);
  const alpha = new Uint8Array(width * height);
  for (let index = 0, at = 0; index < data.length; index++, at += 4) {
    const opacity = source[at + 3] ?? 0;
    if (opacity === 0) continue;
    const bright = 16 + 0.18259 * (source[at] ?? 0) + 0.61423 * (source[at + 1] ?? 0) + 0.06201 * (source[at + 2] ?? 0);
    alpha[index] = opacity;
    data[index] = (bright * opacity) / 255 + 0.5;
  }
  return { data, alpha, width, height, ...findRuns(alpha, width, height) };
}

function halveAlpha(raster: Raster): Uint8Array {
  const width = raster.width >> 1;
  const height = raster.height >> 1;
  const half = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * 2 * raster.width + column * 2) * 4 + 3;
      const below = at + raster.width * 4;
      const sum =
        (raster.data[at] ?? 0) + (raster.data[at + 4] ?? 0) + (raster.data[below] ?? 0) + (raster.data[below + 4] ?? 0);
      half[row * width + column] = (sum + 2) >> 2;
    }
  }
  return half;
}

function chromaPlanes(raster: Raster, halfAlpha: Uint8Array): { blue: Uint8Array; red: Uint8Array } {
  const width = raster.width >> 1;
  const blue = new Uint8Array(halfAlpha.length);
  const red = new Uint8Array(halfAlpha.length);
  for (let index = 0; index < halfAlpha.length; index++) {
    const opacity = halfAlpha[index] ?? 0;
    if (opacity === 0) continue;
    const [r, g, b] = averageColor(raster, (index % width) * 2, Math.floor(index / width) * 2);
    const [, u, v] = toYuv(r, g, b);
    blue[index] = (u * opacity) / 255 + 0.5;
    red[index] = (v * opacity) / 255 + 0.5;
  }
  return { blue, red };
}

/** Mean colour of four pixels, weighted by their alpha. */
function averageColor(raster: Raster, x: number, y: number): readonly [number, number, number] {
  const { data, width } = raster;
  const first = (y * width + x) * 4;
  let red = 0;
  let green = 0;
  let blue = 0;
  let weight = 0;
  for (let corner = 0; corner < 4; corner++) {
    const at = first + (corner & 1) * 4 + (corner >> 1) * width * 4;
    const alpha = data[at + 3] ?? 0;
    red += (data[at] ?? 0) * alpha;
    green += (data[at + 1] ?? 0) * alpha;
    blue += (data[at + 2] ?? 0) * alpha;
    weight += alpha;
  }
  return weight === 0 ? [0, 0, 0] : [red / weight, green / weight, blue / weight];
}

type Runs = Pick<Plane, "starts" | "ends" | "solidStarts" | "solidEnds">;

function findRuns(alpha: Uint8Array, width: number, height: number): Runs {
  const runs = {
    starts: new Int16Array(height),
    ends: new Int16Array(height),
    solidStarts: new Int16Array(height),
    solidEnds: new Int16Array(height),
  };
  for (let row = 0; row < height; row++) {
    let first = -1;
    let last = -1;
    let solidFrom = -1;
    let best = 0;
    for (let column = 0; column <= width; column++) {
      const value = column < width ? (alpha[row * width + column] ?? 0) : 0;
      if (value > 0) {
        if (first < 0) first = column;
        last = column;
      }
      if (value === 255) {
        if (solidFrom < 0) solidFrom = column;
      } else if (solidFrom >= 0) {
        if (column - solidFrom > best) {
          best = column - solidFrom;
          runs.solidStarts[row] = solidFrom;
          runs.solidEnds[row] = column;
        }
        solidFrom = -1;
      }
    }
    runs.starts[row] = Math.max(0, first);
    runs.ends[row] = last + 1;
  }
  return runs;
}

function touchesSides(plane: Plane): boolean {
  for (let row = 0; row < plane.height; row++) {
    const end = plane.ends[row] ?? 0;
    if (end > 0 && ((plane.starts[row] ?? 0) < 3 || end > plane.width - 3)) return true;
  }
  return false;
}
