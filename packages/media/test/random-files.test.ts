import { assertMediaLaw } from "@genblaze/contract";
import fc from "fast-check";
import { describe, it } from "vitest";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { pngHandler } from "../src/png/png-handler.js";
import { wavHandler } from "../src/wav/wav-handler.js";
import { infoList, manifestBox, mp4Box, mp4Of, pngChunk, pngOf, riffChunk, wavOf } from "./made-samples.js";

const runs = { numRuns: 400 };
const body = fc.uint8Array({ maxLength: 40 });
const payload = fc.json().map((text) => `{"value":${text}}`);
const letters = fc.string({ unit: fc.constantFrom(..."abcdIJLSTX "), minLength: 4, maxLength: 4 });

describe("the law of embedding on random files", () => {
  it("holds for PNG files of any chunks, ours among them, with any bytes after IEND", async () => {
    const ours = body.map((text) =>
      pngChunk("iTXt", Uint8Array.from([...Buffer.from("genblaze:manifest\0\0\0\0\0"), ...text])),
    );
    const chunk = fc.oneof(
      fc.tuple(letters, body).map(([type, bytes]) => pngChunk(type, bytes)),
      ours,
    );
    const file = fc.tuple(fc.array(chunk, { maxLength: 6 }), body).map(([chunks, tail]) => pngOf(chunks, tail));
    await fc.assert(
      fc.asyncProperty(file, payload, (bytes, text) => assertMediaLaw(pngHandler, bytes, text)),
      runs,
    );
  });

  it("holds for MP4 files of any boxes of any sizing, ours among them, with any stray bytes", async () => {
    const type = fc.oneof(letters, fc.constantFrom("mdat", "moov", "free", "uuid", "mfra"));
    const sizing = fc.constantFrom("32-bit", "64-bit", "open");
    const foreign = fc.tuple(type, body, sizing).map(([name, bytes, kind]) => mp4Box(name, bytes, kind));
    const ours = fc
      .tuple(fc.constantFrom("", "\x01", "{}"), fc.constantFrom(1, 2))
      .map(([text, id]) => manifestBox(text, id));
    const boxes = fc.array(fc.oneof(foreign, ours), { maxLength: 6 });
    const file = fc.tuple(boxes, body).map(([list, tail]) => mp4Of(list, tail));
    await fc.assert(
      fc.asyncProperty(file, payload, (bytes, text) => assertUnlessTruncated(bytes, text)),
      runs,
    );
  });

  it("holds for WAV files of any chunks with any sizes, ours among them, with any bytes behind", async () => {
    const tag = fc
      .tuple(fc.constantFrom("IART", "IMFL", "IGBR", "INAM"), body)
      .map(([id, bytes]) => riffChunk(id, bytes));
    const list = fc.array(tag, { maxLength: 4 }).map(infoList);
    const size = fc.oneof(fc.constant(undefined), fc.constantFrom(0, 0xffff_ffff), fc.nat(200));
    const data = fc
      .tuple(body, size, fc.boolean())
      .map(([bytes, declared, hasPad]) => riffChunk("data", bytes, declared, hasPad));
    const foreign = fc
      .tuple(letters, body, fc.boolean())
      .map(([id, bytes, hasPad]) => riffChunk(id, bytes, undefined, hasPad));
    const chunks = fc.array(fc.oneof(data, list, foreign), { maxLength: 6 });
    const file = fc.tuple(chunks, body, size).map(([parts, tail, riffSize]) => wavOf(parts, tail, riffSize));
    await fc.assert(
      fc.asyncProperty(file, payload, (bytes, text) => assertMediaLaw(wavHandler, bytes, text)),
      {
        numRuns: 1500,
      },
    );
  });
});

/** Stray bytes can look like a media box that is cut off, which is refused. */
async function assertUnlessTruncated(bytes: Uint8Array, text: string): Promise<void> {
  try {
    await assertMediaLaw(mp4Handler, bytes, text);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("is truncated"))) throw error;
  }
}
