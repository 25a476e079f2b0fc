import { assertMediaLaw, describeMediaHandlerContract, type MediaSample } from "@genblaze/contract";
import { GenblazeError } from "@genblaze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1, uint32le, uint64le } from "../src/binary/fields.js";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { wavHandler } from "../src/wav/wav-handler.js";
import { infoList, riffChunk, wavOf } from "./made-samples.js";

const none = new Uint8Array();
const audio = latin1("sound!");
const unknown = 0xffff_ffff;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

interface Sizes {
  readonly form?: string;
  readonly riffSize?: number;
  readonly dataSize?: number;
  readonly table?: readonly (readonly [string, number])[];
  readonly tail?: Uint8Array;
}

/** A 64-bit WAV file of these chunks; a size that is not given is the true one. */
function rf64Of(chunks: readonly Uint8Array[], sizes: Sizes = {}): Uint8Array {
  const table = (sizes.table ?? []).flatMap(([id, size]) => [latin1(id), uint64le.write(size)]);
  const entries = concatBytes(table);
  const content = concatBytes([riffChunk("fmt ", new Uint8Array(16)), ...chunks]);
  const riffSize = sizes.riffSize ?? 4 + 8 + 28 + entries.length + content.length;
  const fixed = [riffSize, sizes.dataSize ?? audio.length, 3].map(uint64le.write);
  const ds64 = riffChunk("ds64", concatBytes([...fixed, uint32le.write(entries.length / 12), entries]));
  const head = [latin1(sizes.form ?? "RF64"), uint32le.write(unknown), latin1("WAVE")];
  return concatBytes([...head, ds64, content, sizes.tail ?? none]);
}

const data = riffChunk("data", audio, unknown);
const manifest = riffChunk("IMFL", latin1('{"old":true}\0'));

const samples: readonly MediaSample[] = [
  { name: "RF64", bytes: rf64Of([data]) },
  { name: "BW64", bytes: rf64Of([data], { form: "BW64" }) },
  { name: "a data size of 32 bits", bytes: rf64Of([riffChunk("data", audio)], { dataSize: 0 }) },
  { name: "a manifest of ours", bytes: rf64Of([data, infoList([manifest])]) },
  { name: "ours among foreign tags", bytes: rf64Of([infoList([riffChunk("IART", latin1("me\0")), manifest]), data]) },
  {
    name: "a large chunk of a size in the table",
    bytes: rf64Of([riffChunk("axml", audio, unknown), data], { table: [["axml", 6]] }),
  },
  { name: "bytes after the RIFF end", bytes: rf64Of([data], { tail: latin1("trailing bytes") }) },
  {
    name: "a forged restore record",
    bytes: rf64Of([data, infoList([manifest, riffChunk("IGBR", latin1(`${"0".repeat(23)}1\0`))])]),
  },
];

describeMediaHandlerContract(wavHandler, { samples });

describe("a manifest in a 64-bit WAV file", () => {
  it("goes into a list at the end, and the 64-bit RIFF size grows", async () => {
    const file = rf64Of([riffChunk("data", audio, unknown)]);
    expect(hex(await embed(file, "{}"))).toBe(hex(rf64Of([data, infoList([riffChunk("IMFL", latin1("{}\0"))])])));
  });

  it("goes after the audio of a file beyond 4 GiB, of which next to nothing is read", async () => {
    const dataSize = 6 * 2 ** 30;
    const head = rf64Of([riffChunk("data", none, unknown)], { dataSize, riffSize: 4 + 36 + 24 + 8 + dataSize });
    const sizeBytes = head.length + dataSize;
    const source = {
      sizeBytes,
      async read(offset: number, length: number) {
        if (length > 4096) throw new Error(`read of ${length} bytes`);
        const bytes = new Uint8Array(length);
        bytes.set(head.subarray(offset, offset + length));
        return bytes;
      },
    };
    const [start, riffSize, rest, ...added] = await wavHandler.embed(source, latin1("{}"));
    expect(start).toEqual({ kind: "copy", start: 0, end: 20 });
    expect(riffSize).toEqual({ kind: "bytes", bytes: uint64le.write(sizeBytes - 8 + 24) });
    expect(rest).toEqual({ kind: "copy", start: 28, end: sizeBytes });
    expect(added).toEqual([{ kind: "bytes", bytes: infoList([riffChunk("IMFL", latin1("{}\0"))]) }]);
  });

  it.each([
    ["a RIFF size that is too large", rf64Of([data], { riffSize: 9999 })],
    ["a RIFF size of 0", rf64Of([data], { riffSize: 0 })],
    ["a RIFF size beyond any file", rf64Of([data], { riffSize: 2 ** 63 })],
    ["a data size that reaches past the end", rf64Of([data], { dataSize: 2 ** 40 })],
    ["a missing pad byte", rf64Of([riffChunk("data", latin1("odd"), unknown, false)], { dataSize: 3 })],
  ])("is refused where sizes are not those of the chunks: %s", async (_, file) => {
    expect(await codeOf(embed(file, "{}"))).toBe("MEDIA_UNSUPPORTED");
    expect(await wavHandler.extract(createMemorySource(file))).toBeUndefined();
    expect(hex(await strip(file))).toBe(hex(file));
  });

  const whole = rf64Of([data]);
  it.each([
    ["has no ds64 chunk", Uint8Array.from([...latin1("RF64"), ...wavOf([data], none, unknown).subarray(4)])],
    ["says a 32-bit RIFF size", patched(whole, 4, uint32le.write(100))],
    ["has a ds64 chunk that is too short", patched(whole, 16, uint32le.write(27))],
    ["has a ds64 chunk that is cut off", whole.subarray(0, 40)],
    ["has a table that reaches past its chunk", patched(whole, 44, uint32le.write(1))],
    ["has a table of a million entries", patched(whole, 44, uint32le.write(1_000_000))],
    ["is RIFX", patched(wavOf([data]), 0, latin1("RIFX"))],
  ])("is refused in a file that %s", async (_, file) => {
    expect(wavHandler.matches(file)).toBe(true);
    expect(await codeOf(wavHandler.extract(createMemorySource(file)))).toBe("MEDIA_UNSUPPORTED");
    expect(await codeOf(embed(file, "{}"))).toBe("MEDIA_UNSUPPORTED");
    expect(await codeOf(strip(file))).toBe("MEDIA_UNSUPPORTED");
  });

  it("keeps the law, or is refused, in random files", async () => {
    const body = fc.uint8Array({ maxLength: 20 });
    const size = fc.constantFrom(undefined, 0, 6, 10, unknown);
    const chunk = fc
      .tuple(fc.constantFrom("data", "JUNK", "axml"), body, size, fc.boolean())
      .map(([id, bytes, declared, hasPad]) => riffChunk(id, bytes, declared, hasPad));
    const list = fc.array(fc.constantFrom(manifest, riffChunk("IART", latin1("a\0"))), { maxLength: 3 }).map(infoList);
    const file = fc
      .tuple(fc.array(fc.oneof(chunk, list), { maxLength: 5 }), fc.constantFrom(undefined, 0, 99), fc.nat(20), body)
      .map(([chunks, riffSize, dataSize, tail]) =>
        rf64Of(chunks, { dataSize, tail, table: [["axml", 6]], ...(riffSize === undefined ? {} : { riffSize }) }),
      );
    let lawful = 0;
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        const code = await codeOf(embed(bytes, '{"a":1}'));
        if (code === "MEDIA_UNSUPPORTED") return;
        lawful += 1;
        await assertMediaLaw(wavHandler, bytes, '{"a":1}');
      }),
      { numRuns: 1500 },
    );
    expect(lawful).toBeGreaterThan(100);
  });
});

function patched(bytes: Uint8Array, offset: number, patch: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(patch, offset);
  return copy;
}

async function embed(bytes: Uint8Array, payload: string): Promise<Uint8Array> {
  return renderPieces(bytes, await wavHandler.embed(createMemorySource(bytes), latin1(payload)));
}

async function strip(bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await wavHandler.strip(createMemorySource(bytes)));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return GenblazeError.isInstance(thrown) ? thrown.code : `no GenblazeError: ${String(thrown)}`;
}
