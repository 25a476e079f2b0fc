import { assertMediaLaw, describeMediaHandlerContract } from "@genblaze/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { flacHandler } from "../src/flac/flac-handler.js";
import { commentBlock, flacBlock, flacOf, flacSamples } from "./flac-samples.js";
import { badRows, embedRows, goldenBytes, goldenText } from "./golden-rows.js";
import { bytesReadOfLargeFile, codeOf, operationsOf, repeated } from "./handler-operations.js";
import { id3Frame, id3Tag, manifestData } from "./mp3-samples.js";

const { extract, embed, strip } = operationsOf(flacHandler);
const rows = embedRows.filter((row) => row.mime === "audio/flac");
const text = (value: string) => Uint8Array.from(Buffer.from(value, "latin1"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const padding = flacBlock(1, new Uint8Array(30));
const ours = (json: string) => `GENBLAZE_MANIFEST=${json}`;

describeMediaHandlerContract(flacHandler, {
  samples: [
    ...rows
      .flatMap(({ original, embedded }) => [original, embedded])
      .map((name) => ({ name, bytes: goldenBytes(name) })),
    ...flacSamples,
  ],
});

describe("golden FLAC files", () => {
  it("are two embeddings and no odd file", () => {
    expect([rows.length, badRows.filter((row) => row.mime === "audio/flac").length]).toEqual([2, 0]);
  });

  it.each(rows)("$id: reads exactly the manifest that Python wrote", async (row) => {
    expect(await extract(goldenBytes(row.embedded))).toBe(goldenText(row.manifest));
  });

  it.each([
    ["flac-plain", undefined],
    ["flac-existing-lowercase-tag", "{}"],
  ])("%s: reads of the original what Python reads", async (id, expected) => {
    const row = rows.find((each) => each.id === id);
    expect(await extract(goldenBytes(row?.original ?? ""))).toBe(expected);
  });
});

describe("bytes that are written in FLAC files", () => {
  it("puts the comment behind the others, and touches no padding", async () => {
    const file = flacOf([commentBlock(["A=1"], "a vendor", "rest"), padding]);
    const expected = flacOf([commentBlock(["A=1", ours('{"é":1}')], "a vendor", "rest"), padding]);
    expect(hex(await embed(file, '{"é":1}'))).toBe(hex(expected));
  });

  it("puts a block of its own behind STREAMINFO, where there are no comments", async () => {
    const own = commentBlock([ours("{}")], "genblaze:created");
    expect(hex(await embed(flacOf([padding]), "{}"))).toBe(hex(flacOf([own, padding])));
    expect(hex(await embed(flacOf([]), "{}"))).toBe(hex(flacOf([own])));
  });

  it("goes into the first of two blocks of comments", async () => {
    const file = flacOf([commentBlock(["A=1"]), commentBlock(["B=1"])]);
    const expected = flacOf([commentBlock(["A=1", ours("{}")]), commentBlock(["B=1"])]);
    expect(hex(await embed(file, "{}"))).toBe(hex(expected));
  });
});

describe("reading FLAC files", () => {
  it("takes the first manifest that is not empty, in any case of the key", async () => {
    const file = flacOf([commentBlock([ours(""), 'Genblaze_Manifest={"a":"é"}']), commentBlock([ours('{"b":1}')])]);
    expect(await extract(file)).toBe('{"a":"é"}');
  });

  it("does not take a longer or shorter key for ours", async () => {
    const file = flacOf([commentBlock(["GENBLAZE_MANIFESTO=1", "GENBLAZE_MANIFEST", "XGENBLAZE_MANIFEST=1"])]);
    expect(await extract(file)).toBe(undefined);
    expect(hex(await strip(file))).toBe(hex(file));
  });

  it("prefers the manifest that Python put into an ID3 tag before the stream", async () => {
    const tag = id3Tag(4, [id3Frame(4, "TXXX", manifestData(3, '{"tag":1}'))]);
    const file = concatBytes([tag, flacOf([commentBlock([ours("{}")])])]);
    expect(await extract(file)).toBe('{"tag":1}');
    expect(hex(await strip(file))).toBe(hex(concatBytes([id3Tag(4, []), flacOf([commentBlock([])])])));
  });
});

describe("stripping FLAC files", () => {
  it("takes out all of our comments and no other", async () => {
    const file = flacOf([commentBlock([ours("1"), "A=1", ours("2"), ours("3")]), commentBlock([ours("4")]), padding]);
    expect(hex(await strip(file))).toBe(hex(flacOf([commentBlock(["A=1"]), commentBlock([]), padding])));
  });

  it("takes out the block that was made for the manifest, and the block before it is the last again", async () => {
    const own = commentBlock([ours("{}")], "genblaze:created");
    expect(hex(await strip(flacOf([own])))).toBe(hex(flacOf([])));
    expect(hex(await strip(flacOf([commentBlock([ours("{}"), "A=1"]), own])))).toBe(
      hex(flacOf([commentBlock(["A=1"])])),
    );
  });

  it("keeps that block once another tool has added a comment", async () => {
    const file = flacOf([commentBlock([ours("{}"), "A=1"], "genblaze:created")]);
    expect(hex(await strip(file))).toBe(hex(flacOf([commentBlock(["A=1"], "genblaze:created")])));
  });
});

describe("limits and refusals of FLAC files", () => {
  it("knows the signature, also behind a short ID3 tag", () => {
    expect(flacHandler.matches(text("fLaC"))).toBe(true);
    expect(flacHandler.matches(concatBytes([id3Tag(4, [], 0x10), text("fLaC")]))).toBe(true);
    for (const head of ["", "fLa", "FLAC", "ID3", "OggS", "ID3\x04\0\0\0\0\0\0fLaX"]) {
      expect(flacHandler.matches(text(head))).toBe(false);
    }
  });

  it.each([
    ["another signature", concatBytes([text("fLaX"), flacOf([]).subarray(4)])],
    ["no block", text("fLaC")],
    ["a first block that is not STREAMINFO", concatBytes([text("fLaC"), commentBlock([]), flacOf([]).subarray(4)])],
    ["the forbidden type", flacOf([flacBlock(127, new Uint8Array())])],
    ["a block beyond the file", flacOf([padding]).subarray(0, 60)],
    ["no last block", concatBytes([text("fLaC"), flacBlock(0, new Uint8Array(34)), padding])],
    ["a vendor beyond the block", flacOf([flacBlock(4, text("\xff\0\0\0"))])],
    ["no number of comments", flacOf([flacBlock(4, text("\0\0\0\0"))])],
    ["more comments than there are", flacOf([flacBlock(4, text("\0\0\0\0\x02\0\0\0\x01\0\0\0A"))])],
    ["a comment beyond the block", flacOf([flacBlock(4, text("\0\0\0\0\x01\0\0\0\xff\xff\xff\xff"))])],
    ["five blocks of comments", flacOf(new Array(5).fill(commentBlock([])))],
    ["more than 10,000 blocks", flacOf([repeated(flacBlock(1, new Uint8Array()), 10_000), padding])],
    ["no stream behind an ID3 tag", id3Tag(4, [])],
  ])("refuses %s", async (_, file) => {
    for (const work of [extract(file), strip(file), embed(file, "{}")]) {
      expect(await codeOf(work)).toBe("MEDIA_MALFORMED");
    }
  });

  it("refuses a block of more than 16 MiB - 1, and fills it to the last byte", async () => {
    const largest = 0xff_ffff - 4 - 16 - 4 - 4 - 18;
    const embedded = await embed(flacOf([]), "x".repeat(largest));
    expect((await extract(embedded))?.length).toBe(largest);
    expect(hex(await strip(embedded))).toBe(hex(flacOf([])));
    expect(await codeOf(embed(flacOf([]), "x".repeat(largest + 1)))).toBe("MEDIA_TOO_LARGE");
    expect(await codeOf(embed(flacOf([commentBlock(["A=1"])]), "x".repeat(0xff_ffff - 20)))).toBe("MEDIA_TOO_LARGE");
    expect(await codeOf(embed(flacOf([]), "x".repeat(16 * 1024 * 1024 + 1)))).toBe("MEDIA_TOO_LARGE");
  });

  it("keeps the law with 600,000 comments, every other one ours", async () => {
    const pair = text("\x12\0\0\0GENBLAZE_MANIFEST=\x02\0\0\0A=");
    const body = concatBytes([text("\0\0\0\0\xc0\x27\x09\0"), repeated(pair, 300_000)]);
    const left = concatBytes([text("\0\0\0\0\xe0\x93\x04\0"), repeated(pair.subarray(22), 300_000)]);
    const embedded = await embed(flacOf([flacBlock(4, body)]), "{}");
    expect(await extract(embedded)).toBe("{}");
    expect(Buffer.compare(await strip(embedded), flacOf([flacBlock(4, left)]))).toBe(0);
  });

  it("reads block headers and comments of a large file, not its pictures and audio", async () => {
    const head = flacOf([
      flacBlock(6, new Uint8Array(500_000)),
      commentBlock(["A=1"]),
      flacBlock(1, new Uint8Array(9_000)),
    ]);
    expect(await bytesReadOfLargeFile(flacHandler, head)).toBeLessThan(1_000);
  });
});

describe("the law of embedding on random FLAC files", () => {
  const body = fc.uint8Array({ maxLength: 40 });
  const payload = fc.json().map((value) => `{"value":${value}}`);
  const comment = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom(ours("{}"), ours(""), "genblaze_manifest={}", "GENBLAZE_MANIFEST"),
  );
  const comments = fc
    .tuple(
      fc.array(comment, { maxLength: 4 }),
      fc.constantFrom("", "libFLAC", "genblaze:created"),
      fc.constantFrom("", "x"),
    )
    .map(([list, vendor, rest]) => commentBlock(list, vendor, rest));
  const foreign = fc.tuple(fc.constantFrom(1, 2, 3, 5, 6, 126), body).map(([type, bytes]) => flacBlock(type, bytes));
  const tag = fc.constantFrom(
    new Uint8Array(),
    id3Tag(3, [new Uint8Array(20)]),
    id3Tag(4, [id3Frame(4, "TXXX", manifestData(3, "{}\0genblaze:created"))]),
  );
  const blocks = fc.array(fc.oneof(comments, foreign), { maxLength: 4 });

  it("holds for any blocks and comments, ours among them, with a tag before and any bytes behind", async () => {
    await fc.assert(
      fc.asyncProperty(tag, blocks, body, payload, (before, list, tail, json) =>
        assertMediaLaw(flacHandler, concatBytes([before, flacOf(list, tail)]), json),
      ),
      { numRuns: 1500 },
    );
  });
});
