import { describeMediaHandlerContract } from "@genblaze/contract";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { mp3Handler } from "../src/mp3/mp3-handler.js";
import { flacOf } from "./flac-samples.js";
import { badRows, embedRows, goldenBytes, goldenText } from "./golden-rows.js";
import { codeOf, operationsOf } from "./handler-operations.js";
import {
  id3Frame,
  id3Tag,
  id3v1,
  layer3,
  type Major,
  manifestData,
  mp3Samples,
  synchsafeBytes,
  unsynchronised,
  utf16,
} from "./mp3-samples.js";

const { extract, embed, strip } = operationsOf(mp3Handler);
const rows = embedRows.filter((row) => row.mime === "audio/mpeg");
const bad = badRows.filter((row) => row.mime === "audio/mpeg");
const text = (value: string) => Uint8Array.from(Buffer.from(value, "latin1"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const title = (major: Major) => id3Frame(major, major === 2 ? "TT2" : "TIT2", text("\0A title"));
const ACCENT = '{"text":"é 日 😀"}';

describeMediaHandlerContract(mp3Handler, {
  samples: [
    ...rows
      .flatMap(({ original, embedded }) => [original, embedded])
      .map((name) => ({ name, bytes: goldenBytes(name) })),
    ...mp3Samples,
  ],
});

describe("golden MP3 files", () => {
  it("are four embeddings and three odd files", () => {
    expect([rows.length, bad.length]).toEqual([4, 3]);
  });

  it.each(rows)("$id: reads exactly the manifest that Python wrote", async (row) => {
    expect(await extract(goldenBytes(row.embedded))).toBe(goldenText(row.manifest));
  });

  it.each([
    ["mp3-no-id3", undefined],
    ["mp3-id3v24-v1", undefined],
    ["mp3-existing-txxx-apic", "{}"],
    ["mp3-utf16-v23-existing", goldenText("manifests/markup.json")],
  ])("%s: reads of the original what Python reads", async (id, expected) => {
    const row = rows.find((each) => each.id === id);
    expect(await extract(goldenBytes(row?.original ?? ""))).toBe(expected);
  });

  it.each([
    ["mp3-tampered", true],
    ["mp3-other-desc", false],
    ["mp3-latin1", true],
  ])("%s: finds a manifest: %s", async (id, isFound) => {
    const row = bad.find((each) => each.id === id);
    const found = await extract(goldenBytes(row?.file ?? ""));
    expect(found?.startsWith('{"canonical_hash":"') ?? false).toBe(isFound);
    if (found !== undefined) expect(JSON.parse(found).canonical_hash).toBe(row?.expect.canonical_hash);
  });
});

describe("bytes that are written in MP3 files", () => {
  it("puts a tag with its mark before a file without one", async () => {
    const frame = `TXXX\0\0\0\x26\0\0\x03genblaze:manifest\0{}\0genblaze:created`;
    expect(hex(await embed(layer3, "{}"))).toBe(hex(text(`ID3\x04\0\0\0\0\0\x30${frame}`)) + hex(layer3));
  });

  it.each<[string, Major, number, string, string]>([
    ["ID3v2.2 ASCII", 2, 0, "{}", "TXX\0\0\x15\0genblaze:manifest\0{}"],
    ["ID3v2.3 ASCII", 3, 0, "{}", "TXXX\0\0\0\x15\0\0\0genblaze:manifest\0{}"],
    ["ID3v2.4", 4, 0, '{"é"}', 'TXXX\0\0\0\x19\0\0\x03genblaze:manifest\0{"\xc3\xa9"}'],
    ["ID3v2.3 unsynchronised", 3, 0x80, '{"é"}', 'TXXX\0\0\0\x19\0\0\x03genblaze:manifest\0{"\xc3\xa9"}'],
  ])("puts the frame in front of all others (%s)", async (_, major, flags, payload, frame) => {
    const rest = [title(major), new Uint8Array(20)];
    const embedded = await embed(concatBytes([id3Tag(major, rest, flags), layer3]), payload);
    expect(hex(embedded)).toBe(hex(concatBytes([id3Tag(major, [text(frame), ...rest], flags), layer3])));
  });

  it("writes UTF-16 with a mark in ID3v2.3 when the manifest is not ASCII", async () => {
    const mark = Uint8Array.of(0xff, 0xfe);
    const data = concatBytes([Uint8Array.of(1), mark, utf16("genblaze:manifest\0"), mark, utf16(ACCENT)]);
    const embedded = await embed(concatBytes([id3Tag(3, [title(3)]), layer3]), ACCENT);
    expect(hex(embedded)).toBe(hex(concatBytes([id3Tag(3, [id3Frame(3, "TXXX", data), title(3)]), layer3])));
  });

  it("goes behind an extended header, and keeps the sizes of iTunes and the footer true", async () => {
    const extended = concatBytes([synchsafeBytes(6), Uint8Array.of(1, 0)]);
    const frame = id3Frame(4, "TXXX", manifestData(3, "{}"));
    const file = concatBytes([id3Tag(4, [extended, title(4)], 0x50), layer3]);
    expect(hex(await embed(file, "{}"))).toBe(hex(concatBytes([id3Tag(4, [extended, frame, title(4)], 0x50), layer3])));
    const big = id3Frame(4, "APIC", new Uint8Array(200).fill(7), 0, true);
    // 321 bytes would mean 193 to a reader of synchsafe sizes, so zeros fill it up to 384.
    const long = JSON.stringify("x".repeat(300));
    const ours = id3Frame(4, "TXXX", manifestData(3, `${long}${"\0".repeat(63)}`), 0, true);
    const embedded = await embed(concatBytes([id3Tag(4, [title(4), big]), layer3]), long);
    expect(hex(embedded)).toBe(hex(concatBytes([id3Tag(4, [ours, title(4), big]), layer3])));
  });

  it.each([
    [2, 6, 255 - 19, 1],
    [3, 10, 255 - 19, 1],
    [3, 10, 0xff00 - 19, 256],
    [3, 10, 0xfeff - 19, 257],
    [2, 6, 0xfe00 - 19, 0],
  ] as const)(
    "writes no byte FF into an unsynchronised tag (2.%s, %s, %s bytes)",
    async (major, headerBytes, length, zeros) => {
      const payload = JSON.stringify("x".repeat(length - 2));
      const file = concatBytes([id3Tag(major, [title(major)], 0x80), layer3]);
      const embedded = await embed(file, payload);
      expect(embedded.length - file.length).toBe(headerBytes + 19 + length + zeros);
      expect(embedded.subarray(0, embedded.length - layer3.length).indexOf(0xff)).toBe(-1);
      expect(await extract(embedded)).toBe(payload);
    },
  );
});

describe("reading MP3 files", () => {
  it.each([
    ["Latin-1", 0, '{"a":"Ã©"}'],
    ["UTF-16", 1, '{"a":"é"}'],
    ["UTF-16BE", 2, '{"a":"é"}'],
    ["UTF-8", 3, '{"a":"é"}'],
  ] as const)("reads %s in every version, the first of several texts", async (_, encoding, expected) => {
    const data = manifestData(encoding, '{"a":"é"}\0other');
    for (const major of [2, 3, 4] as const) {
      const frame = id3Frame(major, major === 2 ? "TXX" : "TXXX", data);
      expect(await extract(concatBytes([id3Tag(major, [title(major), frame]), layer3]))).toBe(expected);
    }
  });

  it("reads UTF-16 with its most significant byte first, and takes little-endian without a mark", async () => {
    const big = (value: string) => Uint8Array.from(Buffer.from(utf16(`\ufeff${value}`)).swap16());
    const marked = concatBytes([Uint8Array.of(1), big("genblaze:manifest\0"), big("{}")]);
    const unmarked = concatBytes([Uint8Array.of(1), utf16("genblaze:manifest\0{}")]);
    for (const data of [marked, unmarked]) {
      expect(await extract(concatBytes([id3Tag(3, [id3Frame(3, "TXXX", data)]), layer3]))).toBe("{}");
    }
  });

  it("undoes unsynchronisation of a whole tag and of single frames", async () => {
    const data = manifestData(1, '{"a":"ÿà"}');
    const whole = id3Tag(3, [unsynchronised(concatBytes([title(3), id3Frame(3, "TXXX", data)]))], 0x80);
    const single = id3Tag(4, [title(4), id3Frame(4, "TXXX", unsynchronised(data), 2)]);
    expect(await extract(concatBytes([whole, layer3]))).toBe('{"a":"ÿà"}');
    expect(await extract(concatBytes([single, layer3]))).toBe('{"a":"ÿà"}');
  });

  it("takes the first of two manifests", async () => {
    const frames = ['{"first":1}', '{"second":2}'].map((value) => id3Frame(4, "TXXX", manifestData(3, value)));
    expect(await extract(concatBytes([id3Tag(4, frames), layer3]))).toBe('{"first":1}');
  });

  it("passes over grouped, compressed and encrypted frames, and leaves them", async () => {
    const flags = [
      [3, 0x80],
      [3, 0x40],
      [3, 0x20],
      [4, 0x08],
      [4, 0x04],
      [4, 0x40],
    ] as const;
    for (const [major, flag] of flags) {
      const file = concatBytes([id3Tag(major, [id3Frame(major, "TXXX", manifestData(3, "{}"), flag)]), layer3]);
      expect(await extract(file)).toBe(undefined);
      expect(hex(await strip(file))).toBe(hex(file));
    }
  });

  it("refuses a manifest whose UTF-16 is cut", async () => {
    const data = manifestData(1, "{}").subarray(0, -1);
    expect(await codeOf(extract(concatBytes([id3Tag(3, [id3Frame(3, "TXXX", data)]), layer3])))).toBe(
      "MEDIA_MALFORMED",
    );
  });
});

describe("stripping MP3 files", () => {
  it("takes out the tag that was made for the manifest, and ID3v1 stays", async () => {
    const file = concatBytes([layer3, id3v1]);
    expect(hex(await strip(await embed(file, "{}")))).toBe(hex(file));
  });

  it("keeps an empty tag that was there before", async () => {
    const file = concatBytes([id3Tag(4, []), layer3]);
    expect(hex(await strip(await embed(file, "{}")))).toBe(hex(file));
  });

  it("keeps the tag once another tool has put something in it", async () => {
    const created = id3Frame(4, "TXXX", manifestData(3, "{}\0genblaze:created"));
    const file = concatBytes([id3Tag(4, [created, title(4)]), layer3]);
    expect(hex(await strip(file))).toBe(hex(concatBytes([id3Tag(4, [title(4)]), layer3])));
  });

  it("makes no synchronisation of the bytes before and behind a frame in an unsynchronised tag", async () => {
    const before = id3Frame(3, "PRIV", Uint8Array.of(1, 0xff));
    const ours = id3Frame(3, "TXXX", manifestData(3, "{}"));
    const file = concatBytes([id3Tag(3, [before, ours, new Uint8Array(20)], 0x80), layer3]);
    const stripped = concatBytes([id3Tag(3, [before, new Uint8Array(21)], 0x80), layer3]);
    expect(hex(await strip(file))).toBe(hex(stripped));
    expect(hex(stripped)).toBe(
      hex(concatBytes([id3Tag(3, [unsynchronised(concatBytes([before, new Uint8Array(20)]))], 0x80), layer3])),
    );
  });
});

describe("FLAC behind an ID3 tag", () => {
  const flac = flacOf([]);

  it("gets its manifest in the comments, whichever handler is asked", async () => {
    const tag = id3Tag(4, [title(4), new Uint8Array(100)]);
    const file = concatBytes([tag, flac]);
    const embedded = await embed(file, "{}");
    expect(hex(embedded.subarray(0, tag.length))).toBe(hex(tag));
    expect(Buffer.from(embedded).includes("GENBLAZE_MANIFEST={}")).toBe(true);
    expect(hex(await strip(embedded))).toBe(hex(file));
  });

  it("gives the manifest that Python put into the tag, and replaces it", async () => {
    const file = concatBytes([id3Tag(4, [title(4), id3Frame(4, "TXXX", manifestData(3, '{"python":1}'))]), flac]);
    expect(await extract(file)).toBe('{"python":1}');
    expect(await extract(await embed(file, '{"new":1}'))).toBe('{"new":1}');
    expect(hex(await strip(file))).toBe(hex(concatBytes([id3Tag(4, [title(4)]), flac])));
  });
});
