import sharp from "sharp";

/** What the colours of a picture are like; all numbers of 255. */
export type PictureFacts =
  | { readonly kind: "varied" }
  | { readonly kind: "transparent" }
  | {
      readonly kind: "even";
      /** The furthest that any colour value is from the mean of its channel. */
      readonly deviation: number;
      /** Means of red, green and blue. */
      readonly mean: readonly [number, number, number];
    };

const RED = 0;
const GREEN = 1;
const BLUE = 2;
const OPACITY = 3;
const CHANNELS = 4;
/** Four bytes a pixel are held while measuring: 160 MB. */
export const MAX_PIXELS = 40_000_000;

/**
 * Decodes a picture, all frames of a moving one, and tells whether it is all one colour: no value of any channel is
 * `minDeviation` or more from the channel's mean. What transparency hides does not count. Throws what sharp throws for
 * bytes that do not decode.
 */
export async function measurePicture(bytes: Uint8Array, minDeviation: number): Promise<PictureFacts> {
  const pixels = await sharp(bytes, { limitInputPixels: MAX_PIXELS, animated: true, failOn: "error" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
  const measure = (offset: number) => measureChannel(pixels, offset, minDeviation);
  const opacity = measure(OPACITY);
  const [red, green, blue] = [measure(RED), measure(GREEN), measure(BLUE)];
  if (opacity === undefined || red === undefined || green === undefined || blue === undefined) {
    return { kind: "varied" };
  }
  if (opacity.max < minDeviation) return { kind: "transparent" };
  const deviation = Math.max(opacity.deviation, red.deviation, green.deviation, blue.deviation);
  return { kind: "even", deviation, mean: [red.mean, green.mean, blue.mean] };
}

interface Channel {
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
}

/** A channel that hardly varies, or undefined. Colours are taken as they are seen: darkened by transparency. */
function measureChannel(pixels: Uint8Array, offset: number, minDeviation: number): Channel | undefined {
  let min = 255;
  let max = 0;
  let sum = 0;
  for (let start = 0; start < pixels.length; start += CHANNELS) {
    const value = pixels[start + offset] ?? 0;
    const seen = offset === OPACITY ? value : (value * (pixels[start + OPACITY] ?? 0)) / 255;
    if (seen < min) min = seen;
    if (seen > max) max = seen;
    sum += seen;
    // The mean is in between, so one end is at least half the way from it: the rest need not be looked at.
    if ((max - min) / 2 >= minDeviation) return undefined;
  }
  const mean = sum / (pixels.length / CHANNELS);
  const deviation = Math.max(max - mean, mean - min);
  return deviation < minDeviation ? { max, mean, deviation } : undefined;
}
