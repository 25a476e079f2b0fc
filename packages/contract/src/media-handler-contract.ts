import type { MediaHandler } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import {
  embedText as embed,
  extractText as extract,
  findLawBreach,
  sameBytes,
  stripBytes as strip,
} from "./media-law.js";
import { mutate } from "./mutate.js";

/** A file that the handler must keep: its name in test titles and its bytes. */
export interface MediaSample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface MediaHandlerContractOptions {
  /** Whole files of the format; some may carry a manifest already. */
  readonly samples: readonly MediaSample[];
  /** JSON texts to embed. @default one of odd, one of even length, one with text beyond ASCII */
  readonly payloads?: readonly string[];
  /** How many random mutations of each sample are tried. @default 300 */
  readonly mutationCount?: number;
}

const DEFAULT_PAYLOADS = ['{"a":1}', '{"ab":1}', '{"text":"\u00e9 \u2028 \ud83d\ude00 <&>"}'];
/** A sample up to this size is truncated at every offset, a larger one at this many, evenly spread. */
const MAX_TRUNCATIONS = 1200;

/**
 * The contract of a media handler, as vitest tests: the law of embedding, extraction, and that damaged or hostile
 * files give a result that keeps the law or a `GenblazeError`, never another error.
 */
export function describeMediaHandlerContract(handler: MediaHandler, options: MediaHandlerContractOptions): void {
  const payloads = options.payloads ?? DEFAULT_PAYLOADS;
  describe(`media handler contract: ${handler.name}`, () => {
    it("is tried on at least one sample and one payload", () => {
      expect(options.samples.length).toBeGreaterThan(0);
      expect(payloads.length).toBeGreaterThan(0);
    });
    for (const sample of options.samples) describeSample(handler, sample, payloads, options.mutationCount ?? 300);
  });
}

function describeSample(
  handler: MediaHandler,
  sample: MediaSample,
  payloads: readonly string[],
  mutationCount: number,
): void {
  describe(sample.name, () => {
    it("is recognised by its first bytes", () => {
      expect(handler.matches(sample.bytes.subarray(0, 64))).toBe(true);
    });
    it("keeps the law: strip(embed(x)) is strip(x), embedding twice is embedding once, the last manifest wins", async () => {
      for (const payload of payloads) await assertLaw(handler, sample.bytes, payload, payloads);
    });
    it("does not change a file that carries nothing of ours", async () => {
      const clean = await strip(handler, sample.bytes);
      expect(await extract(handler, clean)).toBeUndefined();
      expect(sameBytes(await strip(handler, clean), clean)).toBe(true);
    });
    it("gives a lawful result or a GenblazeError when truncated anywhere", async () => {
      const embedded = await embed(handler, sample.bytes, payloads[0] ?? "{}");
      for (const bytes of [sample.bytes, embedded]) {
        const step = Math.max(1, Math.ceil(bytes.length / MAX_TRUNCATIONS));
        for (let end = 0; end < bytes.length; end += step) {
          await assertLawOrRefusal(handler, bytes.slice(0, end), `truncated at ${end}`);
        }
      }
    });
    it("gives a lawful result or a GenblazeError when bytes are changed at random", async () => {
      const embedded = await embed(handler, sample.bytes, payloads[0] ?? "{}");
      for (let seed = 1; seed <= mutationCount; seed += 1) {
        const mutated = mutate(seed % 2 === 0 ? embedded : sample.bytes, seed);
        await assertLawOrRefusal(handler, mutated, `mutated with seed ${seed}`);
      }
    });
  });
}

/** Fails unless the law holds for a file and a payload. */
export async function assertMediaLaw(handler: MediaHandler, bytes: Uint8Array, payload: string): Promise<void> {
  await assertLaw(handler, bytes, payload, [payload, '{"other":true}']);
}

async function assertLaw(
  handler: MediaHandler,
  bytes: Uint8Array,
  payload: string,
  replacements: readonly string[],
): Promise<void> {
  const clean = await strip(handler, bytes);
  const embedded = await embed(handler, bytes, payload);
  expect(await extract(handler, embedded)).toBe(payload);
  expect(sameBytes(await strip(handler, embedded), clean)).toBe(true);
  expect(sameBytes(await embed(handler, embedded, payload), embedded)).toBe(true);
  expect(await extract(handler, clean)).toBeUndefined();
  expect(sameBytes(await strip(handler, clean), clean)).toBe(true);
  for (const replacement of replacements) {
    const replaced = await embed(handler, embedded, replacement);
    expect(sameBytes(replaced, await embed(handler, clean, replacement))).toBe(true);
    expect(await extract(handler, replaced)).toBe(replacement);
  }
}

async function assertLawOrRefusal(handler: MediaHandler, bytes: Uint8Array, what: string): Promise<void> {
  expect(await findLawBreach(handler, bytes), what).toBeUndefined();
}
