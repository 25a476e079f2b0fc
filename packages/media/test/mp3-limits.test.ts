import { assertMediaLaw } from "@genblaze/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1 as text } from "../src/binary/fields.js";
import { mp3Handler } from "../src/mp3/mp3-handler.js";
import { flacOf } from "./flac-samples.js";
import { bytesReadOfLargeFile, codeOf, operationsOf, repeated } from "./handler-operations.js";
import { id3Frame, id3Tag, layer3, type Major, manifestData, unsynchronised } from "./mp3-samples.js";

const { extract, embed, strip } = operationsOf(mp3Handler);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const title = (major: Major) => id3Frame(major, major === 2 ? "TT2" : "TIT2", text("\0A title"));

describe("limits and refusals of MP3 files", () => {
  it.each([
    ["AAC in ADTS", Uint8Array.of(0xff, 0xf1, 0x50, 0x80)],
    ["AAC in ADTS, MPEG-2", Uint8Array.of(0xff, 0xf9, 0x50, 0x80)],
    ["layer II", Uint8Array.of(0xff, 0xfd, 0x90, 0x64)],
    ["a reserved version", Uint8Array.of(0xff, 0xeb, 0x90, 0x64)],
    ["a byte order mark", Uint8Array.of(0xff, 0xfe, 0x31, 0x00)],
    ["zeros", new Uint8Array(20)],
    ["nothing", new Uint8Array()],
  ])("does not take %s for MP3, and refuses it", async (_, bytes) => {
    expect(mp3Handler.matches(bytes)).toBe(false);
    for (const work of [extract(bytes), strip(bytes), embed(bytes, "{}")]) {
      expect(await codeOf(work)).toBe("MEDIA_MALFORMED");
    }
  });

  it.each(["fffb", "fffa", "fff3", "fff2", "ffe3", "ffe2"])("knows the audio %s", (start) => {
    expect(mp3Handler.matches(Uint8Array.from(Buffer.from(`${start}9064`, "hex")))).toBe(true);
  });

  it.each([
    ["MEDIA_UNSUPPORTED", "another version", text("ID3\x05\0\0\0\0\0\0")],
    ["MEDIA_UNSUPPORTED", "unknown flags", text("ID3\x04\0\x01\0\0\0\0")],
    ["MEDIA_UNSUPPORTED", "compression of ID3v2.2", text("ID3\x02\0\x40\0\0\0\0")],
    ["MEDIA_MALFORMED", "a size that is not synchsafe", text("ID3\x04\0\0\0\0\0\x80")],
    ["MEDIA_MALFORMED", "a size beyond the file", text("ID3\x04\0\0\0\0\x7f\x7f")],
    ["MEDIA_MALFORMED", "a footer that says something else", text("ID3\x04\0\x10\0\0\0\x003DI\x04\0\x10\0\0\0\x01")],
    ["MEDIA_MALFORMED", "an extended header beyond the tag", id3Tag(3, [text("\0\0\0\x7f\0\0")], 0x40)],
    [
      "MEDIA_MALFORMED",
      "more than 10,000 frames",
      id3Tag(3, [repeated(id3Frame(3, "PRIV", new Uint8Array()), 10_001)]),
    ],
  ])("refuses with %s: %s", async (code, _, tag) => {
    const file = concatBytes([tag, layer3.subarray(0, 4)]);
    for (const work of [extract(file), strip(file), embed(file, "{}")]) expect(await codeOf(work)).toBe(code);
  });

  it.each([
    ["2.3", id3Tag(3, [text("\0\0\0\x0a\x80\0\0\0\0\0abcd"), title(3)], 0x40)],
    ["2.4", id3Tag(4, [text("\0\0\0\x0c\x01\x20\x05abcde"), title(4)], 0x40)],
  ])("puts nothing into a tag with a checksum (%s), and finds nothing", async (_, tag) => {
    const file = concatBytes([tag, layer3]);
    expect(await codeOf(embed(file, "{}"))).toBe("MEDIA_UNSUPPORTED");
    expect(await extract(file)).toBe(undefined);
    expect(hex(await strip(file))).toBe(hex(file));
  });

  it("refuses manifests over 16 MiB, also where a hostile file declares one", async () => {
    const large = "x".repeat(16 * 1024 * 1024 + 1);
    const file = concatBytes([id3Tag(4, [id3Frame(4, "TXXX", manifestData(3, large))]), layer3]);
    expect(await codeOf(extract(file))).toBe("MEDIA_TOO_LARGE");
    expect(await codeOf(embed(layer3, large))).toBe("MEDIA_TOO_LARGE");
    const endless = concatBytes([id3Tag(4, [id3Frame(4, "TXXX", manifestData(3, large + large))]), layer3]);
    expect(await codeOf(extract(endless))).toBe("MEDIA_TOO_LARGE");
  });

  it("keeps the law with the largest manifest, in UTF-16 too", async () => {
    const largest = "x".repeat(16 * 1024 * 1024);
    const wide = `"${"é".repeat(8 * 1024 * 1024 - 1)}"`;
    for (const [major, payload] of [
      [4, largest],
      [3, largest],
      [3, wide],
      [3, `${largest.slice(2)}é`],
    ] as const) {
      const file = concatBytes([id3Tag(major, [title(major)]), layer3]);
      const embedded = await embed(file, payload);
      expect((await extract(embedded)) === payload).toBe(true);
      expect(hex(await strip(embedded))).toBe(hex(file));
    }
  });

  it("reads the largest manifest in UTF-16, and not one byte more", async () => {
    const largest = "x".repeat(16 * 1024 * 1024);
    const fileOf = (value: string) => id3Tag(3, [id3Frame(3, "TXXX", manifestData(1, value))]);
    expect((await extract(fileOf(largest))) === largest).toBe(true);
    expect((await extract(fileOf(`${largest}\0more text`))) === largest).toBe(true);
    expect(await codeOf(extract(fileOf(`${largest}x`)))).toBe("MEDIA_TOO_LARGE");
    expect(await codeOf(extract(fileOf(`${largest}xx`)))).toBe("MEDIA_TOO_LARGE");
  });

  it("refuses what the size field of a frame or tag cannot say", async () => {
    const largest = "x".repeat(16 * 1024 * 1024);
    expect(await codeOf(embed(concatBytes([id3Tag(2, [title(2)]), layer3]), largest))).toBe("MEDIA_TOO_LARGE");
    const full = id3Tag(3, [id3Frame(3, "PRIV", new Uint8Array(0x0fff_ffff - 20))]);
    expect(await codeOf(embed(full, "{}"))).toBe("MEDIA_TOO_LARGE");
  });

  it("refuses to undo the unsynchronisation of more than 40 MiB", async () => {
    const file = id3Tag(3, [new Uint8Array(40 * 1024 * 1024 + 1)], 0x80);
    for (const work of [extract(file), strip(file), embed(file, "{}")]) {
      expect(await codeOf(work)).toBe("MEDIA_TOO_LARGE");
    }
  });

  it("keeps the law with tags that are made to keep us busy", async () => {
    const zeros = repeated(Uint8Array.of(0xff, 0), 19 * 1024 * 1024);
    const ours = id3Frame(3, "TXXX", manifestData(3, "{}"));
    const frames = [
      [0x80, text("PRIV\x01\x20\0\0\0\0"), zeros],
      [0x80, repeated(ours, 5_000), zeros],
      [0, repeated(concatBytes([ours, title(3)]), 5_000)],
    ] as const;
    const stripped = [
      [0x80, text("PRIV\x01\x20\0\0\0\0"), zeros],
      [0x80, zeros],
      [0, repeated(title(3), 5_000)],
    ] as const;
    for (const [index, [flags, ...parts]] of frames.entries()) {
      const [, ...left] = stripped[index] ?? [0];
      const embedded = await embed(id3Tag(3, parts, flags), "{}");
      expect(await extract(embedded)).toBe("{}");
      expect(Buffer.compare(await strip(embedded), id3Tag(3, left, flags))).toBe(0);
    }
  });

  it.each([
    ["an extended header that a frame of ours hid", manifestBeforeExtendedHeader()],
    ["a tag that only a frame of ours showed to be no unsynchronised one", manifestBeforeUnsynchronised()],
  ])("refuses to strip what would give another manifest then: %s", async (_, tag) => {
    for (const file of [concatBytes([tag, layer3]), concatBytes([tag, flacOf([])])]) {
      expect(await extract(file)).toBe('{"first":1}');
      expect(await codeOf(strip(file))).toBe("MEDIA_MALFORMED");
      expect(await codeOf(embed(file, "{}"))).toBe("MEDIA_MALFORMED");
    }
  });

  it("reads only the tag and the first bytes of the audio of a large file", async () => {
    const head = concatBytes([id3Tag(4, [title(4)]), layer3]);
    expect(await bytesReadOfLargeFile(mp3Handler, head)).toBeLessThan(2_000);
  });
});

describe("the law of embedding on random MP3 files", () => {
  const byte = fc.oneof(fc.constantFrom(0, 0xff, 0xe0, 0x7f), fc.nat(255));
  const data = fc.array(byte, { maxLength: 200 }).map((bytes) => Uint8Array.from(bytes));
  const payload = fc.json().map((value) => `{"value":${value}}`);
  const encoding = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const);
  const manifest = fc
    .tuple(encoding, fc.constantFrom("", "{}", '{"é":1}', "{}\0genblaze:created", "x".repeat(150)))
    .map(([kind, value]) => manifestData(kind, value));

  const frameOf = (major: Major, isPlain: boolean) => {
    const flags = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 3, 8, 0x40, 0x4000));
    const id = major === 2 ? fc.constantFrom("TT2", "PIC", "TXX") : fc.constantFrom("TIT2", "APIC", "TXXX", "PRIV");
    const foreign = fc.tuple(id, data, flags);
    const ours = fc.tuple(fc.constant(major === 2 ? "TXX" : "TXXX"), manifest, flags);
    return fc.oneof(foreign, ours).map(([name, bytes, flag]) => id3Frame(major, name, bytes, flag, isPlain));
  };
  const rest = fc.oneof(
    fc.nat(60).map((length) => new Uint8Array(length)),
    data,
  );
  const tag = fc
    .tuple(fc.constantFrom(2 as const, 3 as const, 4 as const), fc.boolean(), fc.constantFrom("no", "claimed", "done"))
    .chain(([major, isPlain, unsynchronisation]) =>
      fc
        .tuple(fc.array(frameOf(major, isPlain), { maxLength: 5 }), rest, fc.boolean(), fc.boolean())
        .map(([frames, ending, hasFooter, hasExtended]) => {
          const isExtended = hasExtended && major !== 2;
          const extended = major === 3 ? text("\0\0\0\x06\0\0\0\0\0\xff") : text("\0\0\0\x06\x01\0");
          const body = concatBytes([...(isExtended ? [extended] : []), ...frames, ending]);
          const flags =
            (unsynchronisation === "no" ? 0 : 0x80) | (isExtended ? 0x40 : 0) | (hasFooter && major === 4 ? 0x10 : 0);
          return id3Tag(major, [unsynchronisation === "done" ? unsynchronised(body) : body], flags);
        }),
    );

  it("holds for any frames, ours among them, padding or junk, unsynchronisation, footer and sizes", async () => {
    let refusals = 0;
    const runs = { numRuns: 1500 };
    const audio = fc.constantFrom(layer3, new Uint8Array(), flacOf([]));
    await fc.assert(
      fc.asyncProperty(tag, audio, payload, async (bytes, behind, json) => {
        const file = concatBytes([bytes, behind]);
        const code = await codeOf(embed(file, json));
        if (code === "no error") return assertMediaLaw(mp3Handler, file, json);
        expect(code).toBe("MEDIA_MALFORMED");
        refusals += 1;
      }),
      runs,
    );
    // Junk that would read differently behind our frame.
    expect(refusals).toBeLessThan(runs.numRuns / 50);
  });

  it("holds for audio without a tag and anything behind it", async () => {
    await fc.assert(
      fc.asyncProperty(data, payload, (tail, json) => assertMediaLaw(mp3Handler, concatBytes([layer3, tail]), json)),
      { numRuns: 200 },
    );
  });
});

/** The flag says that an extended header comes first; it comes behind our frame. */
function manifestBeforeExtendedHeader(): Uint8Array {
  const [first, second] = ['{"first":1}', '{"second":2}'].map((each) => id3Frame(4, "TXXX", manifestData(3, each)));
  return id3Tag(
    4,
    [first, text("\0\0\0\x06\x01\0"), title(4), second].flatMap((part) => part ?? []),
    0x40,
  );
}

/** UTF-16 with its mark stands in the first frame as it is, in the second as unsynchronisation writes it. */
function manifestBeforeUnsynchronised(): Uint8Array {
  const [first, second] = ['{"first":1}', '{"second":2}'].map((each) => id3Frame(3, "TXXX", manifestData(1, each)));
  return id3Tag(
    3,
    [first, second && unsynchronised(second)].flatMap((part) => part ?? []),
    0x80,
  );
}
