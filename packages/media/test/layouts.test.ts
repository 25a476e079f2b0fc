import { GenblazeError, type MediaHandler } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { pngHandler } from "../src/png/png-handler.js";
import { wavHandler } from "../src/wav/wav-handler.js";
import { infoList, manifestBox, mp4Box, mp4Of, pngChunk, pngOf, riffChunk, wavOf } from "./made-samples.js";

const text = (value: string) => Uint8Array.from(Buffer.from(value, "latin1"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const none = new Uint8Array();

describe("bytes that are written", () => {
  it("puts the PNG chunk after IHDR", async () => {
    const embedded = await embed(pngHandler, pngOf([]), "{}");
    expect(hex(embedded.subarray(33, -12))).toBe(`${hex(text("\0\0\0\x18iTXtgenblaze:manifest\0\0\0\0\0{}"))}d911c87f`);
  });

  it("puts the MP4 box at the end, and the record of an open box before it", async () => {
    const box = "0000001a75756964" + "6d6f64616c666c6f7700000000000001" + "7b7d";
    const closed = mp4Of([mp4Box("mdat", text("media"))]);
    expect(hex(await embed(mp4Handler, closed, "{}"))).toBe(hex(closed) + box);
    const open = mp4Of([mp4Box("mdat", text("media"), "open")]);
    const record = "0000001975756964" + "6d6f64616c666c6f7700000000000002" + "01";
    expect(hex(await embed(mp4Handler, open, "{}"))).toBe(hex(closed) + record + box);
  });

  it("puts the WAV list at the end, and a record in it only when sizes had to be filled in", async () => {
    const closed = wavOf([riffChunk("data", text("abcd"))]);
    const embedded = await embed(wavHandler, closed, "{}");
    expect(embedded.subarray(8, -24)).toEqual(closed.subarray(8));
    expect(hex(embedded.subarray(-24))).toBe(hex(text("LIST\x10\0\0\0INFOIMFL\x03\0\0\0{}\0\0")));
    const open = wavOf([riffChunk("data", text("abc"), 0xffff_ffff, false)], none, 0xffff_ffff);
    const record = text("IGBR\x19\0\0\0ffffffffffffffff00000003\0\0");
    const filled = await embed(wavHandler, open, "{}");
    expect(hex(filled)).toBe(
      hex(wavOf([riffChunk("data", text("abc")), infoList([text("IMFL\x03\0\0\0{}\0\0"), record])])),
    );
  });
});

describe("stripping", () => {
  it("puts a free box of the same size where media data follows, so that file offsets stay right", async () => {
    const media = mp4Box("mdat", text("media"));
    const file = mp4Of([mp4Box("moov", none), manifestBox('{"a":1}'), media]);
    const stripped = await strip(mp4Handler, file);
    expect(hex(stripped)).toBe(hex(mp4Of([mp4Box("moov", none), mp4Box("free", new Uint8Array(16 + 7)), media])));
    const movable = mp4Of([media, manifestBox("{}"), mp4Box("moov", none)]);
    expect(hex(await strip(mp4Handler, movable))).toBe(hex(mp4Of([media, mp4Box("moov", none)])));
  });

  it("keeps foreign tags that share a list with ours", async () => {
    const artist = riffChunk("IART", text("odd"));
    const file = wavOf([infoList([artist, riffChunk("IMFL", text("{}\0")), artist])]);
    expect(hex(await strip(wavHandler, file))).toBe(hex(wavOf([infoList([artist, artist])])));
  });

  it("leaves a RIFF size that was a placeholder before us", async () => {
    const data = riffChunk("data", text("abcd"));
    const file = wavOf([data, infoList([riffChunk("IMFL", text("{}\0"))])], none, 0xffff_ffff);
    expect(hex(await strip(wavHandler, file))).toBe(hex(wavOf([data], none, 0xffff_ffff)));
  });

  it("does not believe a restore record that embedding would not have written", async () => {
    const data = riffChunk("data", text("audio."));
    const ours = [riffChunk("IMFL", text("{}\0")), riffChunk("IGBR", text("000000080000000100000002\0"))];
    expect(hex(await strip(wavHandler, wavOf([data, infoList(ours)])))).toBe(hex(wavOf([data])));
    const forged = mp4Of([mp4Box("mdat", none), manifestBox("\x02", 2), manifestBox("{}")]);
    expect(hex(await strip(mp4Handler, forged))).toBe(hex(mp4Of([mp4Box("mdat", none)])));
  });

  it("restores a file that another tool changed after us as far as the structure says", async () => {
    const open = wavOf([riffChunk("data", text("abcd"), 0xffff_ffff)], none, 0xffff_ffff);
    const tagged = wavOf([(await embed(wavHandler, open, "{}")).subarray(36), riffChunk("id3 ", text("tags"))]);
    expect(hex(await strip(wavHandler, tagged))).toBe(
      hex(wavOf([riffChunk("data", text("abcd")), riffChunk("id3 ", text("tags"))])),
    );
  });
});

describe("limits and refusals", () => {
  it.each([
    ["RF64", "MEDIA_UNSUPPORTED"],
    ["BW64", "MEDIA_UNSUPPORTED"],
    ["RIFX", "MEDIA_UNSUPPORTED"],
    ["RIFL", "MEDIA_MALFORMED"],
  ])("refuses %s with %s", async (form, code) => {
    const bytes = wavOf([riffChunk("data", none)]);
    bytes.set(text(form));
    expect(await codeOf(wavHandler.extract(createMemorySource(bytes)))).toBe(code);
    expect(await codeOf(embed(wavHandler, bytes, "{}"))).toBe(code);
    expect(await codeOf(strip(wavHandler, bytes))).toBe(code);
  });

  it.each([
    ["png", pngHandler, pngOf([new Uint8Array(12 * 180_000)])],
    ["mp4", mp4Handler, mp4Of([repeated(mp4Box("free", none), 180_000)])],
    ["wav", wavHandler, wavOf([repeated(riffChunk("junk", none), 180_001)])],
  ])("refuses a file of more than 180,000 parts (%s)", async (_, handler, bytes) => {
    expect(await codeOf(strip(handler, bytes))).toBe("MEDIA_MALFORMED");
  });

  it("strips a file in which a manifest stands between every two chunks", async () => {
    const chunk = pngChunk("abcd", none);
    const pair = Uint8Array.from([...chunk, ...pngChunk("iTXt", text("genblaze:manifest\0\0\0\0\0{}"))]);
    const stripped = await strip(pngHandler, pngOf([repeated(pair, 85_000)]));
    expect(Buffer.compare(stripped, pngOf([repeated(chunk, 85_000)]))).toBe(0);
  });

  it("refuses manifests over 16 MiB, also where a hostile file declares one", async () => {
    const large = "x".repeat(16 * 1024 * 1024 + 1);
    const files = [
      [pngHandler, pngOf([pngChunk("iTXt", text(`genblaze:manifest\0\0\0\0\0${large}`))])],
      [mp4Handler, mp4Of([manifestBox(large)])],
      [wavHandler, wavOf([infoList([riffChunk("IMFL", text(large))])])],
    ] as const;
    for (const [handler, bytes] of files) {
      expect(await codeOf(handler.extract(createMemorySource(bytes)))).toBe("MEDIA_TOO_LARGE");
      expect(await codeOf(embed(handler, bytes, large))).toBe("MEDIA_TOO_LARGE");
    }
  });

  it("refuses sizes that the fields of a container cannot say, without reading the file", async () => {
    const open = mp4Of([mp4Box("mdat", none, "open")]);
    expect(await codeOf(mp4Handler.embed(sparse(open, 2 ** 32 + 100), text("{}")))).toBe("MEDIA_TOO_LARGE");
    const endless = wavOf([riffChunk("data", none, 0xffff_ffff)], none, 0xffff_ffff);
    expect(await codeOf(wavHandler.embed(sparse(endless, 2 ** 32 + 100), text("{}")))).toBe("MEDIA_TOO_LARGE");
    const exact = mp4Of([mp4Box("mdat", none, "64-bit")]);
    exact.set(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 16), exact.length - 8);
    const pieces = await mp4Handler.embed(sparse(exact, 16 + 2 ** 32 + 16), text("{}"));
    expect(pieces[0]).toEqual({ kind: "copy", start: 0, end: 16 + 2 ** 32 + 16 });
  });
});

/** A file of these first bytes and zeros up to `sizeBytes`; reading much of it fails the test. */
function sparse(head: Uint8Array, sizeBytes: number) {
  return {
    sizeBytes,
    async read(offset: number, length: number) {
      if (length > 4096) throw new Error(`read of ${length} bytes`);
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(offset, offset + length));
      return bytes;
    },
  };
}

function repeated(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from(Buffer.alloc(bytes.length * count, bytes));
}

async function embed(handler: MediaHandler, bytes: Uint8Array, payload: string): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.embed(createMemorySource(bytes), text(payload)));
}

async function strip(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return GenblazeError.isInstance(thrown) ? thrown.code : `no GenblazeError: ${String(thrown)}`;
}
