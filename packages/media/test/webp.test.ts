import { assertMediaLaw, describeMediaHandlerContract } from "@genblaze/contract";
import { GenblazeError } from "@genblaze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { webpHandler } from "../src/webp/webp-handler.js";
import { decodePixels } from "./decode-pixels.js";
import { badRows, embedRows, goldenBytes } from "./golden-rows.js";
import { refusalOf, repeated } from "./handler-operations.js";
import { bytesOf, foreignPacket, ownPacket } from "./jpeg-samples.js";
import { riffChunk } from "./made-samples.js";
import { lossless, lossy, vp8x, webpOf, webpPictures, webpSamples, xmpChunk } from "./webp-samples.js";

const rows = embedRows.filter((row) => row.mime === "image/webp");
const originals = rows.map((row) => ({ name: row.original, bytes: goldenBytes(row.original) }));
const pictures = [...originals, ...webpPictures];
const none = new Uint8Array();
const element = "<mf:manifest>{}</mf:manifest>";

describeMediaHandlerContract(webpHandler, { samples: [...pictures, ...webpSamples], mutationCount: 200 });

describe("the WebP handler", () => {
  it("serves these media types and extensions", () => {
    expect(webpHandler).toMatchObject({ name: "webp", mediaTypes: ["image/webp"], extensions: [".webp"] });
  });
});

describe("golden WebP files", () => {
  it("has 6 rows and no bad ones", () => {
    expect(rows).toHaveLength(6);
    expect(badRows.filter((row) => row.mime === "image/webp")).toEqual([]);
  });

  it.each(rows)("$id: reads what Python wrote, and strips it to a file without a manifest", async (row) => {
    const written = goldenBytes(row.embedded);
    const manifest = goldenBytes(row.manifest);
    expect(await extract(written)).toEqual(manifest);
    expect(await extract(await strip(written))).toBeUndefined();
    await assertMediaLaw(webpHandler, written, Buffer.from(manifest).toString("utf8"));
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

  it("strips what Python made of a lossless file to that file, as Python keeps its pixels and adds VP8X", async () => {
    expect(await strip(goldenBytes("emb/webp-lossless.webp"))).toEqual(goldenBytes("orig/webp-lossless.webp"));
  });
});

describe("where the WebP packet goes", () => {
  const ours = xmpChunk(ownPacket("{}"));

  it("writes the exact bytes: VP8X before a lone image, the packet last, no record", async () => {
    expect(ours).toHaveLength(8 + 338);
    expect(await embed(webpOf([lossy]))).toEqual(webpOf([vp8x(0x04), lossy, ours]));
    expect(await embed(webpOf([lossless]))).toEqual(webpOf([vp8x(0x14), lossless, ours]));
    expect(await embed(webpOf([vp8x(0x02), lossy]))).toEqual(webpOf([vp8x(0x06), lossy, ours]));
  });

  it("pads an odd packet and counts the pad byte", async () => {
    const packet = ownPacket("{ }");
    expect(await embed(webpOf([lossy]), "{ }")).toEqual(webpOf([vp8x(0x04), lossy, xmpChunk(packet)]));
  });

  it("goes after foreign XMP, and before bytes that are no chunk or follow RIFF", async () => {
    const foreign = xmpChunk(foreignPacket());
    expect(await embed(webpOf([vp8x(4), lossy, foreign], bytesOf("tail")))).toEqual(
      webpOf([vp8x(4), lossy, foreign, ours], bytesOf("tail")),
    );
    expect(await embed(webpOf([vp8x(2), lossy, bytesOf("abc")]))).toEqual(
      webpOf([vp8x(6), lossy, ours, bytesOf("abc")]),
    );
  });

  it.each([
    ["a RIFF size that is wrong", webpOf([lossy], none, 4000), "00000fa005"],
    ["a missing pad byte", webpOf([lossless.subarray(0, -1)]), "0000000006"],
    ["a missing pad byte that is counted", webpOf([lossless.subarray(0, -1)], none, 20), "0000001407"],
    ["a VP8X chunk that says nothing", webpOf([vp8x(0), lossy]), "0000000000"],
    ["a VP8X chunk that says XMP where there is none", webpOf([vp8x(6), lossy]), "0000000008"],
    ["a VP8X chunk that does not say XMP", webpOf([vp8x(2), lossy, xmpChunk(foreignPacket())]), "0000000000"],
    ["XMP without VP8X", webpOf([lossy, xmpChunk(foreignPacket())]), "0000000004"],
  ])("leaves a record of %s", async (_, bytes, record) => {
    const embedded = await embed(bytes);
    const packet = Buffer.from(ownPacket("{}", `<mf:restore>${record}</mf:restore>`));
    expect(Buffer.from(embedded).includes(packet)).toBe(true);
    expect(await strip(embedded)).toEqual(bytes);
  });

  it("takes our element out of a foreign packet and leaves blanks", async () => {
    const file = webpOf([vp8x(4), lossy, xmpChunk(foreignPacket(`${element}<dc:a/>`))]);
    expect(await extract(file)).toEqual(bytesOf("{}"));
    const blanks = " ".repeat(element.length);
    expect(await strip(file)).toEqual(webpOf([vp8x(4), lossy, xmpChunk(foreignPacket(`${blanks}<dc:a/>`))]));
  });

  it("holds manifests larger than Python writes", async () => {
    const payload = JSON.stringify({ text: "\u00e9<&>".repeat(100_000) });
    const embedded = await embed(webpOf([lossy]), payload);
    expect(Buffer.from((await extract(embedded)) ?? none).toString("utf8")).toBe(payload);
    expect(await strip(embedded)).toEqual(webpOf([lossy]));
  });
});

describe("stripping WebP files", () => {
  it("does not believe a record that embedding would not have written", async () => {
    const forged = (record: string) => xmpChunk(ownPacket("{}", `<mf:restore>${record}</mf:restore>`));
    for (const record of ["0000000004", "0000000006", "0000000001", "0000000108", "ffffffff0f", "0000000002"]) {
      expect(await strip(webpOf([vp8x(6), lossy, forged(record)]))).toEqual(webpOf([vp8x(2), lossy]));
    }
  });

  it("restores a file that another tool changed after us as far as the structure says", async () => {
    const embedded = await embed(webpOf([lossless.subarray(0, -1)]));
    const exif = riffChunk("EXIF", bytesOf("II*\0"));
    const changed = webpOf([embedded.subarray(12), exif]);
    expect(await strip(changed)).toEqual(webpOf([lossless, exif]));
  });

  it("lets VP8X say that foreign XMP is left", async () => {
    const foreign = xmpChunk(foreignPacket());
    const ours = xmpChunk(ownPacket("{}"));
    expect(await strip(webpOf([vp8x(4), lossy, ours, foreign, ours]))).toEqual(webpOf([vp8x(4), lossy, foreign]));
    expect(await strip(webpOf([vp8x(6), ours, lossy], bytesOf("tail")))).toEqual(
      webpOf([vp8x(2), lossy], bytesOf("tail")),
    );
  });
});

describe("WebP files that are refused", () => {
  const image = "it does not begin with an image";
  it.each([
    ["no WebP file", bytesOf("RIFF\x04\0\0\0WAVE"), undefined],
    ["a truncated chunk", webpOf([lossy]).subarray(0, -1), "the chunk at byte 12 is truncated"],
    ["a chunk beyond the RIFF size", webpOf([lossy], none, 20), "the chunk at byte 12 is truncated"],
    ["no chunk", webpOf([]), image],
    ["another chunk first", webpOf([riffChunk("ALPH", none), lossy]), image],
    ["a VP8X chunk that is too short", webpOf([riffChunk("VP8X", new Uint8Array(9)), lossy]), image],
    ["an image without start code", webpOf([riffChunk("VP8 ", new Uint8Array(10))]), image],
    ["an image that is no key frame", webpOf([riffChunk("VP8 ", bytesOf("\x11\0\0\x9d\x01\x2a\x01\0\x01\0"))]), image],
    ["an image without width", webpOf([riffChunk("VP8 ", bytesOf("\x10\0\0\x9d\x01\x2a\0\x40\x01\0"))]), image],
    ["an image without height", webpOf([riffChunk("VP8 ", bytesOf("\x10\0\0\x9d\x01\x2a\x01\0\0\x40"))]), image],
    ["an image that is too short", webpOf([riffChunk("VP8 ", bytesOf("\x10\0\0\x9d\x01\x2a\x01\0\x01"))]), image],
    ["a lossless image without signature", webpOf([riffChunk("VP8L", new Uint8Array(5))]), image],
    ["a lossless image that is too short", webpOf([riffChunk("VP8L", bytesOf("\x2f\0\0\0"))]), image],
    ["many chunks", webpOf([repeated(riffChunk("junk", none), 100_001)]), "it has more than 100000 chunks"],
  ])("refuses %s", async (_, bytes, reason) => {
    const said =
      reason === undefined
        ? "This is no WebP file: it has no RIFF/WEBP header"
        : `This is no whole WebP file: ${reason}`;
    expect(await refusalOf(embed(bytes))).toEqual([
      "MEDIA_MALFORMED",
      `${said}. Get the file again from where it came.`,
    ]);
  });

  it("refuses a file in which readers would find another manifest first", async () => {
    const file = webpOf([vp8x(8), lossy, riffChunk("EXIF", ownPacket('{"other":1}'))]);
    expect(await extract(file)).toEqual(bytesOf('{"other":1}'));
    expect(await strip(file)).toEqual(file);
    expect((await refusalOf(embed(file)))[0]).toBe("MEDIA_MALFORMED");
    expect(await extract(await embed(webpOf([lossy], ownPacket('{"other":1}'))))).toEqual(bytesOf("{}"));
  });

  it("refuses a file of more than 10,000 manifests", async () => {
    const refused = "This WebP file carries more than 10000 manifests. Get the file again from where it came.";
    const chunks = (count: number) => webpOf([lossy, repeated(xmpChunk(ownPacket("{}")), count)]);
    const elements = (count: number) => webpOf([lossy, xmpChunk(repeated(bytesOf(element), count))]);
    expectSame(await strip(chunks(10_000)), webpOf([lossy]));
    expectSame(await strip(elements(10_000)), webpOf([lossy, xmpChunk(repeated(bytesOf(" "), 290_000))]));
    for (const bytes of [chunks(10_001), elements(10_001)]) {
      expect(await refusalOf(strip(bytes))).toEqual(["MEDIA_MALFORMED", refused]);
    }
  });

  it("refuses manifests of more than 16 MiB, as they stand in the file", async () => {
    const text = "x".repeat(16 * 1024 * 1024 + 1);
    expect((await refusalOf(embed(webpOf([lossy]), text)))[0]).toBe("MEDIA_TOO_LARGE");
    const file = webpOf([vp8x(4), lossy, xmpChunk(ownPacket(text))]);
    expect((await refusalOf(extract(file)))[0]).toBe("MEDIA_TOO_LARGE");
    expect(await extract(await strip(file))).toBeUndefined();
  });

  it("refuses to write a RIFF size that the field cannot say", async () => {
    const sizeBytes = 2 ** 32 - 2;
    const head = webpOf([vp8x(2), riffChunk("ANMF", none, sizeBytes - 38)], none, sizeBytes - 8);
    const read = async (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(offset, offset + length));
      return bytes;
    };
    expect((await refusalOf(webpHandler.embed({ sizeBytes, read }, bytesOf("{}"))))[0]).toBe("MEDIA_TOO_LARGE");
  });
});

describe("random WebP files", () => {
  it("keeps the law for any chunks and flags, ours among them, any RIFF size and any bytes behind", async () => {
    const body = fc.uint8Array({ maxLength: 30 });
    const bits = fc.integer({ min: 0, max: 15 });
    const size = fc.constantFrom("00000000", "00000fa0", "ffffffff");
    const record = fc.oneof(
      fc.constant(""),
      fc.tuple(size, bits).map(([text, value]) => `<mf:restore>${text}0${value.toString(16)}</mf:restore>`),
    );
    const own = fc
      .tuple(fc.constantFrom("{}", "{ }"), record)
      .map(([text, restore]) => xmpChunk(ownPacket(text, restore)));
    const contents = fc.constantFrom("", "<dc:a/>", element, "</mf:manifest>");
    const trailers = fc.constantFrom("", "<?xpacket end='r'?>");
    const foreign = fc.tuple(contents, trailers).map(([content, trailer]) => xmpChunk(foreignPacket(content, trailer)));
    const other = fc.tuple(fc.constantFrom("EXIF", "ICCP", "junk"), body).map(([id, bytes]) => riffChunk(id, bytes));
    const start = fc.oneof(
      fc.constantFrom([lossy], [lossless]),
      fc
        .tuple(fc.constantFrom(0, 2, 4, 0x10, 0x14, 0xff), fc.constantFrom(lossy, lossless))
        .map(([flags, image]) => [vp8x(flags), image]),
    );
    const end = fc.constantFrom([], [lossless.subarray(0, -1)], [bytesOf("abc")]);
    const chunks = fc
      .tuple(start, fc.array(fc.oneof(own, foreign, other), { maxLength: 4 }), end)
      .map((parts) => parts.flat());
    const riffSize = fc.constantFrom(undefined, undefined, 0x7fff_ffff, 0xffff_ffff);
    const file = fc.tuple(chunks, body, riffSize).map(([parts, tail, declared]) =>
      // A wrong size that ends in the file would cut chunks; one beyond it makes a tail part of RIFF.
      webpOf(parts, declared === undefined ? tail : none, declared),
    );
    const payload = fc.json().map((json) => `{"value":${json}}`);
    await fc.assert(
      fc.asyncProperty(file, payload, (bytes, json) => assertLawUnlessHidden(bytes, json)),
      { numRuns: 3000 },
    );
  });
});

describe("decoders", () => {
  it.each(pictures)("decode the same pixels of all frames: $name", async ({ bytes }) => {
    const pixels = await decodePixels(bytes);
    expect(pixels.length % (96 * 64)).toBe(0);
    expect(Buffer.compare(await decodePixels(await embed(bytes)), pixels)).toBe(0);
    expect(Buffer.compare(await decodePixels(await embed(bytes, `"${"x".repeat(200_000)}"`)), pixels)).toBe(0);
  });
});

/** As `toEqual`, fast for large files. */
function expectSame(bytes: Uint8Array, expected: Uint8Array): void {
  expect(bytes).toHaveLength(expected.length);
  expect(Buffer.compare(bytes, expected)).toBe(0);
}

/** A foreign packet without trailer, in which our element ends before it begins, hides what comes after it. */
async function assertLawUnlessHidden(bytes: Uint8Array, payload: string): Promise<void> {
  try {
    await assertMediaLaw(webpHandler, bytes, payload);
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    expect(error.message).toContain("would hide a manifest");
    expect(Buffer.from(bytes).includes("</mf:manifest></rdf:Description></rdf:RDF></x:xmpmeta>")).toBe(true);
  }
}

async function extract(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return webpHandler.extract(createMemorySource(bytes));
}

async function embed(bytes: Uint8Array, payload: Uint8Array | string = "{}"): Promise<Uint8Array> {
  const manifest = typeof payload === "string" ? Uint8Array.from(Buffer.from(payload, "utf8")) : payload;
  return renderPieces(bytes, await webpHandler.embed(createMemorySource(bytes), manifest));
}

async function strip(bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await webpHandler.strip(createMemorySource(bytes)));
}
