import sharp from "sharp";
import type { Raster } from "../scene/layer-plan.js";

/** Renders an SVG to straight RGBA of exactly the asked size. */
export async function rasterizeSvg(svg: string, width: number, height: number): Promise<Raster> {
  const { data, info } = await sharp(new TextEncoder().encode(svg), { limitInputPixels: 16_000_000 })
    .resize(width, height, { fit: "fill" })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Scales a raster smoothly. */
export async function scaleRaster(raster: Raster, width: number, height: number): Promise<Raster> {
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .raw()
    .toBuffer();
  return { width, height, data: new Uint8Array(data) };
}

/** Decodes a picture of any kind sharp knows; more than 16 million pixels are refused. */
export async function decodePicture(bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(bytes, { limitInputPixels: 16_000_000 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Encodes a raster as PNG; without alpha when `isOpaque`. */
export async function encodePng(raster: Raster, isOpaque: boolean): Promise<Uint8Array> {
  const image = sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } });
  const shaped = isOpaque ? image.removeAlpha() : image;
  return new Uint8Array(await shaped.png({ compressionLevel: 3, adaptiveFiltering: false }).toBuffer());
}
