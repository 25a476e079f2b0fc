import type { Guard, GuardVerdict, OutputPart } from "./guard.js";
import { compareMediaType } from "./media-signatures.js";
import {
  checkOutputFormatOptions,
  type OutputFormatOptions,
  type OutputLimit,
  type OutputRules,
} from "./output-limits.js";
import { isText, placeOf } from "./texts-of.js";
import { allowExcept, reject } from "./verdicts.js";

/** One asset, with what is read from it once. */
interface Facts {
  readonly mediaType: string;
  readonly bytes: Uint8Array | undefined;
  readonly part: OutputPart;
}

/** What is wrong with an asset, or what is not known of it. */
type Finding = { readonly kind: "wrong" | "gap"; readonly text: string };

const aspectTolerance = 0.02;
const units = { bytes: "bytes", width: "pixels across", height: "pixels down", seconds: "seconds" } as const;

/**
 * Refuses an asset whose facts are not those asked for, or whose first bytes are not of the media type that it claims
 * (that is always compared). Sizes in pixels and lengths are what the provider says of them; a fact that nobody knows
 * is let pass with a warning. Pixels are asked of pictures and films only, seconds of films and sounds only.
 * INVALID_OPTION for a limit that is none.
 *
 * @example
 * outputFormat({ mediaTypes: ["image/png", "image/webp"], minWidth: 1024, aspectRatio: "16:9" });
 */
export function outputFormat(options: OutputFormatOptions = {}): Guard {
  const rules = checkOutputFormatOptions(options);
  return {
    name: "output format",
    async checkOutput({ assets }) {
      const gaps: string[] = [];
      for (const [index, part] of assets.entries()) {
        for (const { kind, text } of findingsOf(await readFacts(part), rules)) {
          const sentence = `${placeOf(index, part)} ${text}`;
          if (kind === "wrong") return rejection(sentence);
          gaps.push(sentence);
        }
      }
      return allowExcept(gaps);
    },
  };
}

function rejection(sentence: string): GuardVerdict {
  return reject(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`);
}

async function readFacts(part: OutputPart): Promise<Facts> {
  const mediaType = part.asset.mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return { mediaType, bytes: await part.read(), part };
}

function findingsOf(facts: Facts, rules: OutputRules): readonly Finding[] {
  return [
    checkMediaType(facts, rules.mediaTypes),
    checkFirstBytes(facts),
    ...rules.limits.map((limit) => checkLimit(facts, limit)),
    checkAspect(facts, rules.aspect),
  ].filter((finding) => finding !== undefined);
}

function checkMediaType({ mediaType }: Facts, allowed: OutputRules["mediaTypes"]): Finding | undefined {
  const fits = (pattern: string) =>
    pattern.endsWith("/*") ? mediaType.startsWith(pattern.slice(0, -1)) : mediaType === pattern;
  if (allowed === undefined || allowed.some(fits)) return undefined;
  return { kind: "wrong", text: `is none of ${allowed.join(", ")}` };
}

function checkFirstBytes({ mediaType, bytes }: Facts): Finding | undefined {
  if (bytes === undefined)
    return { kind: "gap", text: "was not compared with its first bytes, as only its URL is known" };
  const verdict = compareMediaType(mediaType, bytes);
  if (verdict.kind === "match") return undefined;
  if (verdict.kind === "mismatch") return { kind: "wrong", text: `begins like ${verdict.beginsLike}` };
  return { kind: "gap", text: "was not compared with its first bytes, as files of its type are not known here" };
}

function checkLimit(facts: Facts, { fact, min, max }: OutputLimit): Finding | undefined {
  if (!isAskedOf(facts, fact)) return undefined;
  const value = numberOf(facts, fact);
  if (value === undefined) return { kind: "gap", text: `does not say how many ${units[fact]} it has` };
  if (min !== undefined && value < min) return wrongSize(`at least ${min} is expected`, fact, value);
  if (max !== undefined && value > max) return wrongSize(`at most ${max} is expected`, fact, value);
  return undefined;
}

function wrongSize(expected: string, fact: OutputLimit["fact"], value: number): Finding {
  return { kind: "wrong", text: `has ${value} ${units[fact]}; ${expected}` };
}

function checkAspect(facts: Facts, aspect: OutputRules["aspect"]): Finding | undefined {
  if (aspect === undefined || !isAskedOf(facts, "width")) return undefined;
  const width = numberOf(facts, "width");
  const height = numberOf(facts, "height");
  if (width === undefined || height === undefined) return { kind: "gap", text: "does not say its width and height" };
  if (Math.abs(width / height / aspect.ratio - 1) <= aspectTolerance) return undefined;
  return { kind: "wrong", text: `is ${width} by ${height} pixels; an aspect ratio of ${aspect.shown} is expected` };
}

/** A sound has no width, and a picture has no length: that is no gap. */
function isAskedOf({ mediaType, part }: Facts, fact: OutputLimit["fact"]): boolean {
  if (fact === "bytes") return true;
  if (isText(part) || mediaType === "application/pdf") return false;
  return !mediaType.startsWith(fact === "seconds" ? "image/" : "audio/");
}

function numberOf({ bytes, part: { asset } }: Facts, fact: OutputLimit["fact"]): number | undefined {
  if (fact === "bytes") return bytes?.byteLength ?? toNumber(asset.sizeBytes);
  if (fact === "seconds") return toNumber(asset.duration);
  return toNumber(asset[fact]);
}

function toNumber(value: number | bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}
