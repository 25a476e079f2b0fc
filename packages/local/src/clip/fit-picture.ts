import { scaleRaster } from "../paint/rasterize.js";
import type { Raster } from "../scene/layer-plan.js";
import { OVERSCAN } from "../scene/stage.js";

/** Brings a picture to the size a layer must have; a lone picture is enlarged to cover it and keeps its shape. */
export async function fitPicture(raster: Raster, width: number, height: number, isLone: boolean): Promise<Raster> {
  const needWidth = Math.round((width * OVERSCAN) / 2) * 2;
  const needHeight = Math.round((height * OVERSCAN) / 2) * 2;
  if (raster.width === needWidth && raster.height === needHeight) return raster;
  if (!isLone) return scaleRaster(raster, needWidth, needHeight);
  const scale = Math.max(needWidth / raster.width, needHeight / raster.height);
  const even = (value: number): number => Math.ceil((value * scale) / 2) * 2;
  return scaleRaster(raster, even(raster.width), even(raster.height));
}
