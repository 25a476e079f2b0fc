import { assertMediaLaw, describeMediaHandlerContract } from "@genblaze/contract";
import { type ByteSource, GenblazeError } from "@genblaze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { jpegHandler } from "../src/jpeg/jpeg-handler.js";
import { decodePixels } from "./decode-pixels.js";
import { badRows, embedRows, goldenBytes } from "./golden-rows.js";
import { refusalOf, repeated } from "./handler-operations.js";
import {
  baseline,
  bytesOf,
  exif,
  foreignPacket,
  icc,
  jfif,
  jpegOf,
  jpegPictures,
  jpegSamples,
  jpegSegment,
  ownPacket,
  pictureOf,
  xmpSegment,
} from "./jpeg-samples.js";

const rows = embedRows.filter((row) => row.mime === "image/jpeg");
const originals = rows.map((row) => ({ name: row.original, bytes: goldenBytes(row.original) }));
const pictures = [...originals, ...jpegPictures];
/** Too large for a segment. */
const large = `{"text":"${"<&>".repeat(6000)}"}`;
const element = "<mf:manifest>{}</mf:manifest>";

describeMediaHandlerContract(jpegHandler, { samples: [...pictures, ...jpegSamples], mutationCount: 150 });
describeMediaHandlerContract(jpegHandler, {
  samples: [
    { name: "a large manifest", bytes: jpegOf([jfif], bytesOf("trailing bytes")) },
    { name: "a large manifest behind a progressive image", bytes: goldenBytes("orig/jpeg-progressive.jpg") },
  ],
  payloads: ['{"a":1}', large, '{"b":2}', `${large} `],
  mutationCount: 20,
});

describe("the JPEG handler", () => {
  it("serves these media types and extensions", () => {
    expect(jpegHandler).toMatchObject({
      name: "jpeg",
      mediaTypes: ["image/jpeg", "image/jpg"],
      extensions: [".jpg", ".jpeg", ".jpe", ".jfif"],
    });
  });
});

describe("golden JPEG files", () => {
  it("has 8 rows and 6 bad ones", () => {
    expect(rows).toHaveLength(8);
    expect(badJpegs()).toHaveLength(6);
  });

  it.each(rows)("$id: reads what Python wrote, and strips it to a file without a manifest", async (row) => {
    const written = goldenBytes(row.embedded);
    const manifest = goldenBytes(row.manifest);
    expect(await extract(written)).toEqual(manifest);
    expect(await extract(await strip(written))).toBeUndefined();
    await assertMediaLaw(jpegHandler, written, Buffer.from(manifest).toString("utf8"));
  });

  it.each(rows)("$id: reads the original as Python does, and embeds the manifest in it", async (row) => {
    const original = goldenBytes(row.original);
    const manifest = goldenBytes(row.manifest);
    expect((await extract(original)) !== undefined).toBe(row.expect.original_extract === "ok");
    const embedded = await embed(original, manifest);
    expect(await extract(embedded)).toEqual(manifest);
    expect(await strip(embedded)).toEqual(await strip(original));
    if (row.expect.original_extract !== "ok") expect(await strip(embedded)).toEqual(original);
  });

  it.each(badJpegs())("$id: finds a manifest where Python finds one", async (row) => {
    const payload = await extract(goldenBytes(row.file));
    expect(payload !== undefined).toBe(row.expect.extract === "ok");
    if (payload === undefined) return;
    const manifest: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    expect(manifest).toMatchObject({ canonical_hash: row.expect.canonical_hash });
  });
});

describe("where the JPEG packet goes", () => {
  it("writes the exact bytes of a segment", async () => {
    const packet = ownPacket('{"text":"&lt;&amp;&gt;"}');
    const segment = concatBytes([
      bytesOf("\xff\xe1"),
      Uint8Array.of(0x01, 0x86),
      bytesOf("http://ns.adobe.com/xap/1.0/\0"),
      packet,
    ]);
    expect(packet).toHaveLength(0x186 - 31);
    expect(await embed(jpegOf([jfif]), bytesOf('{"text":"<&>"}'))).toEqual(jpegOf([jfif, segment]));
  });

  it("goes after APP0, Exif and foreign XMP, and before the profile where these allow it", async () => {
    const ours = xmpSegment(ownPacket("{}"));
    const foreign = xmpSegment(foreignPacket());
    expect(await embed(jpegOf([jfif, exif, foreign, icc]))).toEqual(jpegOf([jfif, exif, foreign, ours, icc]));
    expect(await embed(jpegOf([jfif, icc, foreign]))).toEqual(jpegOf([jfif, icc, foreign, ours]));
    expect(await embed(jpegOf([]))).toEqual(jpegOf([ours]));
  });

  it("stays before the offsets of further images, so that these stay true", async () => {
    const offsets = jpegSegment(0xe2, bytesOf("MPF\0II*\0"));
    const foreign = xmpSegment(foreignPacket());
    const ours = xmpSegment(ownPacket("{}"));
    expect(await embed(jpegOf([jfif, offsets, foreign], baseline))).toEqual(
      jpegOf([jfif, ours, offsets, foreign], baseline),
    );
  });

  it("puts a packet of more than 61,440 bytes directly behind the end marker", async () => {
    const room = 61_440 - ownPacket("").length;
    const tail = bytesOf("tail");
    const fitting = "1".repeat(room);
    expect(await embed(jpegOf([], tail), bytesOf(fitting))).toEqual(jpegOf([xmpSegment(ownPacket(fitting))], tail));
    const larger = "1".repeat(room + 1);
    expect(await embed(jpegOf([], tail), bytesOf(larger))).toEqual(jpegOf([], concatBytes([ownPacket(larger), tail])));
  });

  it("takes our element out of a foreign packet and leaves blanks, so that nothing moves", async () => {
    const file = jpegOf([xmpSegment(foreignPacket(`${element}<dc:a/>${element}`))]);
    const blanks = " ".repeat(element.length);
    expect(await extract(file)).toEqual(bytesOf("{}"));
    expect(await strip(file)).toEqual(jpegOf([xmpSegment(foreignPacket(`${blanks}<dc:a/>${blanks}`))]));
  });

  it("reads entities by name and by number", async () => {
    const text = "&quot;&#34;&#x22;&apos;&amp;lt;&#xE9;&#x1F600;&#xD800;&eacute;&ltx";
    const payload = await extract(jpegOf([xmpSegment(foreignPacket(`<mf:manifest>${text}</mf:manifest>`))]));
    expect(Buffer.from(payload ?? []).toString("utf8")).toBe('"""\'&lt;\u00e9\u{1f600}\ufffd&eacute;&ltx');
  });
});

describe("JPEG files that are refused", () => {
  it.each([
    ["no JPEG file", bytesOf("<x:xmpmeta>"), "it does not begin with the JPEG signature"],
    ["no marker", jpegOf([jfif, bytesOf("ab")]), "no marker is at byte 20"],
    ["a restart marker in the header", jpegOf([Uint8Array.of(0xff, 0xd0)]), "marker 208 stands at byte 2"],
    ["an end marker before the image", jpegOf([Uint8Array.of(0xff, 0xd9)]), "marker 217 stands at byte 2"],
    [
      "an impossible length",
      jpegOf([Uint8Array.of(0xff, 0xe0, 0, 1)]),
      "the segment at byte 2 has an impossible length",
    ],
    ["a truncated segment", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 9), "the segment at byte 2 is truncated"],
    [
      "nothing but fill bytes",
      concatBytes([bytesOf("\xff\xd8"), new Uint8Array(500).fill(0xff)]),
      "its header is truncated",
    ],
    [
      "a header of many segments",
      jpegOf([repeated(jpegSegment(0xfe, new Uint8Array()), 20_000)]),
      "its header has more than 20000 segments",
    ],
  ])("refuses %s", async (_, bytes, reason) => {
    const message = `This is no whole JPEG file: ${reason}. Get the file again from where it came.`;
    for (const work of [embed, strip]) expect(await refusalOf(work(bytes))).toEqual(["MEDIA_MALFORMED", message]);
  });

  it("refuses a file in which readers would find another manifest first", async () => {
    const comment = jpegSegment(0xfe, concatBytes([bytesOf("x"), ownPacket('{"other":1}')]));
    const file = jpegOf([comment, jfif]);
    expect(await extract(file)).toEqual(bytesOf('{"other":1}'));
    expect(await strip(file)).toEqual(file);
    expect((await refusalOf(embed(file)))[0]).toBe("MEDIA_MALFORMED");
    expect(await extract(await embed(jpegOf([jfif, comment])))).toEqual(bytesOf("{}"));
  });

  it("refuses a large manifest where nothing may go behind the image", async () => {
    const offsets = jpegSegment(0xe2, bytesOf("MPF\0II*\0"));
    expect((await refusalOf(embed(jpegOf([offsets], baseline), bytesOf(large))))[0]).toBe("MEDIA_TOO_LARGE");
    expect((await refusalOf(embed(jpegOf([]).subarray(0, -2), bytesOf(large))))[0]).toBe("MEDIA_MALFORMED");
    expect(await extract(await embed(jpegOf([offsets]), bytesOf(large)))).toEqual(bytesOf(large));
  });

  it("refuses manifests of more than 16 MiB, as they stand in the file", async () => {
    const text = "x".repeat(16 * 1024 * 1024 + 1);
    expect((await refusalOf(embed(jpegOf([]), bytesOf(text))))[0]).toBe("MEDIA_TOO_LARGE");
    expect((await refusalOf(extract(jpegOf([], ownPacket(text)))))[0]).toBe("MEDIA_TOO_LARGE");
    const file = await embed(jpegOf([]), bytesOf(text.slice(1)));
    expect((await extract(file))?.length).toBe(16 * 1024 * 1024);
    expectSame(await strip(file), jpegOf([]));
  });
});

describe("large JPEG files", () => {
  const scan = new Uint8Array(20_000_000).fill(0x5a);
  const head = jpegOf([jfif]).subarray(0, -2);
  const file = concatBytes([head, scan, bytesOf("\xff\xd9 tail")]);

  it("walks and searches 20 MB in few reads of at most 256 KiB", async () => {
    const { source, reads } = counted(file);
    expect(await jpegHandler.extract(source)).toBeUndefined();
    expect(await jpegHandler.strip(source)).toEqual([{ kind: "copy", start: 0, end: file.length }]);
    expect(Math.max(...reads)).toBe(256 * 1024);
    expect(reads.length).toBeLessThan(200);
  });

  it("finds the end of the image and packets across the edges of windows", async () => {
    for (let shift = 0; shift < 12; shift += 1) {
      const filler = scan.subarray(0, 256 * 1024 - head.length - shift);
      const bytes = concatBytes([head, filler, bytesOf("\xff\xd9"), ownPacket("{}"), bytesOf("tail")]);
      expect(await extract(bytes)).toEqual(bytesOf("{}"));
      expectSame(await strip(bytes), concatBytes([head, filler, bytesOf("\xff\xd9tail")]));
    }
  });

  it("gives up on a file of more than 10,000 manifests", async () => {
    const refused = "This JPEG file carries more than 10000 manifests. Get the file again from where it came.";
    const segments = (count: number) => jpegOf([repeated(xmpSegment(ownPacket("{}")), count)]);
    const elements = (count: number) => jpegOf([repeated(xmpSegment(repeated(bytesOf(element), 100)), count)]);
    const behind = (count: number) => jpegOf([], repeated(ownPacket("{}"), count));
    expect(await strip(segments(10_000))).toEqual(jpegOf([]));
    expect(await extract(await strip(elements(100)))).toBeUndefined();
    expect(await strip(behind(9_999))).toEqual(jpegOf([]));
    for (const bytes of [segments(10_001), elements(101), behind(10_001)]) {
      expect(await refusalOf(strip(bytes))).toEqual(["MEDIA_MALFORMED", refused]);
    }
  });

  it("gives up on a file of many packets without a manifest", async () => {
    const packets = repeated(bytesOf("<x:xmpmeta<?xpacket end?>"), 100_000);
    expect((await refusalOf(extract(packets)))[0]).toBe("MEDIA_MALFORMED");
  });
});

describe("random JPEG files", () => {
  it("keeps the law for any segments, ours among them, any scan and any bytes behind", async () => {
    const body = fc.uint8Array({ maxLength: 40 });
    const marker = fc.constantFrom(0xe0, 0xe1, 0xe2, 0xed, 0xfe, 0xdb);
    const text = fc.constantFrom("", "{}", "&lt;");
    const segment = fc.oneof(
      fc.tuple(marker, body).map(([code, bytes]) => jpegSegment(code, bytes)),
      text.map((content) => xmpSegment(ownPacket(content))),
      fc
        .tuple(fc.constantFrom("", element, "</mf:manifest>", "<dc:a/>"), fc.constantFrom("", "<?xpacket end='r'?>"))
        .map(([content, trailer]) => xmpSegment(foreignPacket(content, trailer))),
      fc.constant(Uint8Array.of(0xff)),
      fc.constant(jpegSegment(0xe2, bytesOf("MPF\0"))),
    );
    const ours = fc
      .array(
        text.map((content) => ownPacket(content)),
        { maxLength: 2 },
      )
      .map(concatBytes);
    const tail = fc.tuple(ours, body).map(concatBytes);
    const file = fc.tuple(fc.array(segment, { maxLength: 6 }), tail).map(([list, behind]) => jpegOf(list, behind));
    const payload = fc.oneof(
      { weight: 20, arbitrary: fc.json().map((json) => `{"value":${json}}`) },
      fc.constant(large),
    );
    await fc.assert(
      fc.asyncProperty(file, payload, (bytes, json) => assertLawUnlessRefused(bytes, json)),
      { numRuns: 1500 },
    );
  });
});

describe("decoders", () => {
  it.each(pictures)("decode the same pixels: $name", async ({ bytes }) => {
    const pixels = await decodePixels(bytes);
    expect(pixels).toHaveLength(96 * 64 * 3);
    for (const payload of ["{}", large]) {
      const embedded = await embed(bytes, bytesOf(payload)).catch(() => undefined);
      if (embedded !== undefined) expect(Buffer.compare(await decodePixels(embedded), pixels)).toBe(0);
    }
  });

  it("decode a picture that carries a large manifest", async () => {
    const embedded = await embed(pictureOf([jfif]), bytesOf(large));
    expect(Buffer.compare(await decodePixels(embedded), await decodePixels(baseline))).toBe(0);
  });
});

function badJpegs() {
  return badRows.filter((row) => row.mime === "image/jpeg");
}

/** A large manifest and offsets of further images exclude each other, and a tag that stands open hides ours. */
async function assertLawUnlessRefused(bytes: Uint8Array, payload: string): Promise<void> {
  try {
    await assertMediaLaw(jpegHandler, bytes, payload);
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    expect(error.message).toMatch(/further images|would hide a manifest/);
  }
}

/** As `toEqual`, fast for large files. */
function expectSame(bytes: Uint8Array, expected: Uint8Array): void {
  expect(bytes).toHaveLength(expected.length);
  expect(Buffer.compare(bytes, expected)).toBe(0);
}

function counted(bytes: Uint8Array): { source: ByteSource; reads: number[] } {
  const reads: number[] = [];
  const memory = createMemorySource(bytes);
  const read = (offset: number, length: number) => {
    reads.push(length);
    return memory.read(offset, length);
  };
  return { source: { sizeBytes: bytes.length, read }, reads };
}

async function extract(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return jpegHandler.extract(createMemorySource(bytes));
}

async function embed(bytes: Uint8Array, payload: Uint8Array = bytesOf("{}")): Promise<Uint8Array> {
  return renderPieces(bytes, await jpegHandler.embed(createMemorySource(bytes), payload));
}

async function strip(bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await jpegHandler.strip(createMemorySource(bytes)));
}
