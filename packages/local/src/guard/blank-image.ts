import type { Guard } from "@genblaze/core/guards";
import { checkAssets, type Finding } from "./check-assets.js";
import { MAX_PIXELS, measurePicture, type PictureFacts } from "./measure-picture.js";
import { readNumberOption } from "./number-option.js";

export interface BlankImageOptions {
  /**
   * How far from the mean of its channel at least one colour value of a picture must be, of 255. Dark pictures and
   * gentle gradients have more than the default; what an encoder adds to one colour is less. @default 2
   */
  readonly minDeviation?: number | undefined;
}

/** The only formats that are decoded, by their first bytes: nothing else reaches the decoder. */
const formats: readonly ((head: string) => boolean)[] = [
  (head) => head.startsWith("\x89PNG\r\n\x1a\n"),
  (head) => head.startsWith("\xff\xd8\xff"),
  (head) => head.startsWith("GIF87a") || head.startsWith("GIF89a"),
  (head) => head.startsWith("RIFF") && head.startsWith("WEBP", 8),
];

/**
 * Refuses pictures that are all one colour, or all transparent, and those that do not decode. PNG, JPEG, WebP and GIF
 * of at most 40 million pixels, all frames of a moving one, are looked at; other pictures and films are let pass with
 * a warning. The reason says what was measured. INVALID_OPTION for a deviation that is not from 0 to 127.
 *
 * @example
 * blankImage({ minDeviation: 4 });
 */
export function blankImage(options: BlankImageOptions = {}): Guard {
  const where = "blankImage(options)";
  const minDeviation = readNumberOption(options, "minDeviation", { min: 0, max: 127, fallback: 2, where });
  return {
    name: "blank image",
    checkOutput: (check) => checkAssets(check, ["image", "video"], (bytes) => judge(bytes, minDeviation)),
  };
}

async function judge(bytes: Uint8Array, minDeviation: number): Promise<Finding> {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (!formats.some((isStart) => isStart(head))) {
    return { kind: "gap", text: "was not looked at, since it is no PNG, JPEG, WebP or GIF" };
  }
  try {
    return describe(await measurePicture(bytes, minDeviation));
  } catch (error) {
    const problem = error instanceof Error ? error.message : "";
    if (/pixel limit/i.test(problem)) {
      return { kind: "gap", text: `was not looked at, since it has more than ${MAX_PIXELS} pixels` };
    }
    return { kind: "wrong", text: "is damaged: it does not decode" };
  }
}

function describe(facts: PictureFacts): Finding {
  if (facts.kind === "varied") return undefined;
  if (facts.kind === "transparent") return { kind: "wrong", text: "is blank: all of it is transparent" };
  const [red, green, blue] = facts.mean.map(shown);
  const colour = red === green && green === blue ? red : `red ${red}, green ${green}, blue ${blue}`;
  return { kind: "wrong", text: `is blank: all pixels are within ${shown(facts.deviation)} of ${colour}` };
}

/** One digit behind the point, where there is one. */
function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
