import sharp from "sharp";

/** The decoded pixels of a picture, of all frames when it is animated. */
export async function decodePixels(bytes: Uint8Array): Promise<Uint8Array> {
  return sharp(bytes, { animated: true }).raw().toBuffer();
}
