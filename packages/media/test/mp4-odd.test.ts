import { describeMediaHandlerContract, type MediaSample } from "@genblaze/contract";
import { GenblazeError } from "@genblaze/core";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1, uint32be, uint64be } from "../src/binary/fields.js";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { embedRows, goldenBytes } from "./golden-rows.js";
import { boxOf, co64, fragmented, freeform, AUDIO as MEDIA, pointing, stco, tags, track } from "./m4a-samples.js";
import { manifestBox, mp4Box, mp4Of } from "./made-samples.js";

const none = new Uint8Array();
const mdat = mp4Box("mdat", MEDIA);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const movie =
  (table: (...offsets: number[]) => Uint8Array, ...inside: Uint8Array[]) =>
  (at: number) =>
    boxOf("moov", track([table(at, at + 4)]), ...inside);
const movOf = (boxes: readonly Uint8Array[]) => concatBytes([mp4Box("ftyp", latin1("qt  \0\0\0\0qt  ")), ...boxes]);

const closed: readonly MediaSample[] = [
  { name: "moov first, stco", bytes: pointing((at) => mp4Of([movie(stco)(at), mdat])) },
  { name: "moov last, stco", bytes: pointing((at) => mp4Of([mdat, movie(stco)(at)])) },
  { name: "moov first, co64", bytes: pointing((at) => mp4Of([movie(co64)(at), mdat])) },
  { name: "moov last, co64", bytes: pointing((at) => mp4Of([mdat, movie(co64)(at)])) },
  { name: "boxes of 64-bit size", bytes: mp4Of([mp4Box("mdat", MEDIA, "64-bit"), mp4Box("moov", none, "64-bit")]) },
  { name: "fragments", bytes: concatBytes([mp4Of([]), fragmented(1).subarray(24)]) },
  { name: "QuickTime with wide", bytes: pointing((at) => movOf([boxOf("wide"), mdat, movie(stco)(at)])) },
  { name: "QuickTime with a terminated udta", bytes: movOf([mdat, boxOf("moov", boxOf("udta", new Uint8Array(4)))]) },
  {
    name: "an iTunes tag of another program",
    bytes: mp4Of([boxOf("moov", tags(freeform("manifest", "{}", "other")))]),
  },
  { name: "a foreign uuid box", bytes: mp4Of([mdat, mp4Box("uuid", new Uint8Array(40))]) },
  { name: "a uuid box without an identifier", bytes: mp4Of([mdat, mp4Box("uuid", none)]) },
  { name: "a last box of 8 bytes", bytes: mp4Of([mdat, boxOf("free")]) },
];

const others: readonly MediaSample[] = [
  { name: "an open moov", bytes: pointing((at) => mp4Of([mdat, mp4Box("moov", track([stco(at)]), "open")])) },
  { name: "an open QuickTime mdat", bytes: movOf([boxOf("moov"), mp4Box("mdat", MEDIA, "open")]) },
  {
    name: "a manifest among iTunes tags",
    bytes: pointing((at) => mp4Of([movie(stco, tags(freeform("manifest", "{}")))(at), mdat])),
  },
  {
    name: "a manifest among tags, and an open mdat",
    bytes: pointing((at) => mp4Of([movie(co64, tags(freeform("manifest", "{}")))(at), mp4Box("mdat", MEDIA, "open")])),
  },
  {
    name: "manifests in both places and before mdat",
    bytes: pointing((at) =>
      mp4Of([movie(stco, tags(freeform("manifest", "{}")))(at), manifestBox("{}"), mdat, manifestBox("{}")]),
    ),
  },
  { name: "a truncated box behind", bytes: mp4Of([mdat], concatBytes([uint32be.write(99), latin1("abcd")])) },
  {
    name: "a 64-bit box that is cut off",
    bytes: mp4Of([mdat], concatBytes([uint32be.write(1), latin1("abcd"), uint64be.write(99)])),
  },
];

describeMediaHandlerContract(mp4Handler, { samples: [...closed, ...others] });

describe("a manifest in an MP4 file", () => {
  it.each(closed)("is only appended: $name", async ({ bytes }) => {
    const pieces = await mp4Handler.embed(createMemorySource(bytes), latin1('{"a":1}'));
    expect(pieces).toEqual([
      { kind: "copy", start: 0, end: bytes.length },
      { kind: "bytes", bytes: manifestBox('{"a":1}') },
    ]);
  });

  it("is read from the tags where Python put it, and goes into the box when it is replaced", async () => {
    const file = (at: number, ...items: Uint8Array[]) => mp4Of([movie(stco, tags(...items))(at), mdat]);
    const written = pointing((at) => file(at, freeform("manifest", '{"old":1}')));
    const clean = pointing((at) => file(at));
    expect(Buffer.from((await mp4Handler.extract(createMemorySource(written))) ?? none).toString()).toBe('{"old":1}');
    expect(hex(await strip(written))).toBe(hex(clean));
    expect(hex(await embed(written, "{}"))).toBe(hex(clean) + hex(manifestBox("{}")));
  });

  it("leaves the media where it is when a box before it is taken out", async () => {
    const file = pointing((at) => mp4Of([movie(stco)(at), manifestBox('{"old":1}'), mdat]));
    const stripped = await strip(file);
    const at = Buffer.from(file).indexOf(MEDIA);
    expect(Buffer.from(stripped).indexOf(MEDIA)).toBe(at);
    expect(hex(stripped)).toBe(hex(pointing(() => mp4Of([movie(stco)(at), mp4Box("free", new Uint8Array(25)), mdat]))));
    const replaced = await embed(file, "{}");
    expect(hex(replaced)).toBe(hex(stripped) + hex(manifestBox("{}")));
  });

  it("leaves nothing behind when a box before moov alone is taken out, as in the golden file", async () => {
    const row = embedRows.find(({ id }) => id === "mp4-existing-box-in-middle");
    const original = goldenBytes(row?.original ?? "");
    const stripped = await strip(original);
    expect(stripped.length).toBe(13_764);
    expect(Buffer.from(stripped).indexOf("mdat")).toBe(Buffer.from(original).indexOf("mdat"));
    expect(Buffer.from(stripped).indexOf("modalflow")).toBe(-1);
  });

  it("is refused in a file that its boxes would put over the limit of 180,000", async () => {
    const filled = (count: number) => mp4Of([Uint8Array.from(Buffer.alloc(8 * count, boxOf("free")))]);
    const refused = await embed(filled(179_996), "{}").catch((error: unknown) => error);
    expect(GenblazeError.isInstance(refused) && refused.code).toBe("MEDIA_MALFORMED");
    const largest = filled(179_995);
    expect(Buffer.compare(await strip(await embed(largest, "{}")), largest)).toBe(0);
  });

  it("reads a file of 100,000 small boxes in few reads, and heads alone of large ones", async () => {
    const small = countingReads(mp4Of([Uint8Array.from(Buffer.alloc(800_000, boxOf("free")))]));
    await mp4Handler.extract(small);
    expect(small.reads).toBeLessThan(20);
    const large = countingReads(mp4Of(Array.from({ length: 10 }, () => mp4Box("mdat", new Uint8Array(100_000)))));
    await mp4Handler.extract(large);
    expect(large.bytesRead).toBeLessThan(500);
  });

  it("has a record for an open box only in the uuid box with the identifier ending in 2", async () => {
    const open = pointing((at) => mp4Of([movie(stco)(at), mp4Box("mdat", MEDIA, "open")]));
    const sized = pointing((at) => mp4Of([movie(stco)(at), mdat, manifestBox("\x01", 2), manifestBox("{}")]));
    expect(hex(await embed(open, "{}"))).toBe(hex(sized));
    expect(hex(await strip(sized))).toBe(hex(open));
  });
});

function countingReads(bytes: Uint8Array) {
  const source = createMemorySource(bytes);
  return {
    sizeBytes: bytes.length,
    reads: 0,
    bytesRead: 0,
    async read(offset: number, length: number) {
      this.reads += 1;
      this.bytesRead += length;
      return source.read(offset, length);
    },
  };
}

async function embed(bytes: Uint8Array, payload: string): Promise<Uint8Array> {
  return renderPieces(bytes, await mp4Handler.embed(createMemorySource(bytes), latin1(payload)));
}

async function strip(bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await mp4Handler.strip(createMemorySource(bytes)));
}
