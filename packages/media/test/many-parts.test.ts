import { findLawBreach } from "@genblaze/contract";
import { expect, it } from "vitest";
import { pngHandler } from "../src/png/png-handler.js";
import { wavHandler } from "../src/wav/wav-handler.js";
import { pngChunk, pngOf, riffChunk, wavOf } from "./made-samples.js";

const empty = new Uint8Array();

/** The law is broken where embedding takes a file that stripping then refuses for its number of parts. */
it.each([179_996, 179_997, 180_000])(
  "keeps the law, or refuses, in files of %i chunks, where a manifest is one too many",
  async (count) => {
    const png = pngOf(Array.from({ length: count - 2 }, () => pngChunk("tEXt", empty)));
    expect(await findLawBreach(pngHandler, png)).toBeUndefined();
    const junk = Array.from({ length: count - 2 }, () => riffChunk("junk", empty));
    expect(await findLawBreach(wavHandler, wavOf([riffChunk("data", Uint8Array.of(1, 2)), ...junk]))).toBeUndefined();
  },
);
