import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";

export interface OutputFormatOptions {
  /** Media types that may come out, like "image/png" or "image/*". @default any */
  readonly mediaTypes?: readonly string[] | undefined;
  /** @default none */
  readonly minBytes?: number | undefined;
  /** @default none */
  readonly maxBytes?: number | undefined;
  /** In pixels, of pictures and films. @default none */
  readonly minWidth?: number | undefined;
  /** In pixels, of pictures and films. @default none */
  readonly maxWidth?: number | undefined;
  /** In pixels, of pictures and films. @default none */
  readonly minHeight?: number | undefined;
  /** In pixels, of pictures and films. @default none */
  readonly maxHeight?: number | undefined;
  /** Of films and sounds. @default none */
  readonly minSeconds?: number | undefined;
  /** Of films and sounds. @default none */
  readonly maxSeconds?: number | undefined;
  /**
   * Width by height, like "16:9" or 1.78. 2 % more or less pass, since models give sides that are a multiple of 8 or
   * 64. @default any
   */
  readonly aspectRatio?: `${number}:${number}` | number | undefined;
}

/** A number that has bounds, and what it is called in a reason. */
export interface OutputLimit {
  readonly fact: "bytes" | "width" | "height" | "seconds";
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** The options as the checks use them. */
export interface OutputRules {
  readonly mediaTypes: readonly string[] | undefined;
  readonly limits: readonly OutputLimit[];
  readonly aspect: { readonly shown: string; readonly ratio: number } | undefined;
}

const whole = (unit: string) => z.int(`a whole number of ${unit} is expected`).min(0, "0 or more is expected");
const seconds = z.number("seconds are expected").min(0, "0 or more is expected");
const mediaTypeText = "a media type like image/png or image/* is expected";
const aspectText = 'a ratio like "16:9" or a number above 0 is expected';

const optionsSchema = z.strictObject({
  mediaTypes: z
    .array(z.string(mediaTypeText).regex(/^[a-z0-9.+-]+\/(?:\*|[a-z0-9.+-]+)$/i, mediaTypeText))
    .min(1, "at least one media type is expected")
    .optional(),
  minBytes: whole("bytes").optional(),
  maxBytes: whole("bytes").optional(),
  minWidth: whole("pixels").optional(),
  maxWidth: whole("pixels").optional(),
  minHeight: whole("pixels").optional(),
  maxHeight: whole("pixels").optional(),
  minSeconds: seconds.optional(),
  maxSeconds: seconds.optional(),
  aspectRatio: z.custom<string | number>((value) => ratioOf(value) !== undefined, aspectText).optional(),
});

/** INVALID_OPTION for the first thing wrong, a smallest value above the largest included. */
export function checkOutputFormatOptions(options: unknown): OutputRules {
  const checked = checkOptions(optionsSchema, options, "outputFormat(options)");
  const ratio = ratioOf(checked.aspectRatio);
  return {
    mediaTypes: checked.mediaTypes?.map((mediaType) => mediaType.toLowerCase()),
    aspect: ratio === undefined ? undefined : { shown: String(checked.aspectRatio), ratio },
    limits: [
      toLimit("bytes", "Bytes", checked.minBytes, checked.maxBytes),
      toLimit("width", "Width", checked.minWidth, checked.maxWidth),
      toLimit("height", "Height", checked.minHeight, checked.maxHeight),
      toLimit("seconds", "Seconds", checked.minSeconds, checked.maxSeconds),
    ].filter(({ min, max }) => min !== undefined || max !== undefined),
  };
}

function toLimit(fact: OutputLimit["fact"], end: string, min: number | undefined, max: number | undefined) {
  if (min === undefined || max === undefined || min <= max) return { fact, min, max };
  const message = `outputFormat(options): option "min${end}" must not be above "max${end}"; ${min} and ${max} were given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function ratioOf(aspect: unknown): number | undefined {
  const [, width, height] = /^(\d{1,5}(?:\.\d{1,5})?):(\d{1,5}(?:\.\d{1,5})?)$/.exec(String(aspect)) ?? [];
  const ratio = typeof aspect === "number" ? aspect : Number(width) / Number(height);
  return ratio > 0 && Number.isFinite(ratio) ? ratio : undefined;
}
