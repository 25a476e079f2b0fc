import type { Raster, RimLight } from "../scene/layer-plan.js";
import { BOARD_WIDTH } from "../scene/stage.js";
import { fromHex } from "./color.js";

/** Lightens the pixels of a cut-out whose neighbour towards the light is empty. */
export function addRimLight(raster: Raster, rim: RimLight): void {
  if (rim.strength <= 0.02) return;
  const color = fromHex(rim.color);
  const unit = raster.width / BOARD_WIDTH;
  const length = Math.hypot(rim.x, rim.y) || 1;
  const reach = 3.2 * unit;
  const near = offsetOf(raster, (rim.x / length) * reach, (rim.y / length) * reach);
  const far = offsetOf(raster, (rim.x / length) * reach * 2.6, (rim.y / length) * reach * 2.6);
  const { data } = raster;
  const alphas = new Uint8Array(raster.width * raster.height);
  for (let index = 0; index < alphas.length; index++) alphas[index] = data[index * 4 + 3] ?? 0;
  for (let index = 0; index < alphas.length; index++) {
    const alpha = alphas[index] ?? 0;
    if (alpha < 24) continue;
    const bare = (255 - (alphas[index + near] ?? 255)) * 0.65 + (255 - (alphas[index + far] ?? 255)) * 0.35;
    if (bare < 4) continue;
    const share = Math.min(1, (bare / 255) * rim.strength);
    const at = index * 4;
    for (let part = 0; part < 3; part++) {
      const value = data[at + part] ?? 0;
      data[at + part] = value + ((color[part] ?? 0) - value) * share;
    }
  }
}

function offsetOf(raster: Raster, x: number, y: number): number {
  return Math.round(y) * raster.width + Math.round(x);
}
