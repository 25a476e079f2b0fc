import { assertMediaLaw, describeMediaHandlerContract, type MediaSample } from "@genblaze/contract";
import type { MediaHandler } from "@genblaze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1, uint32be } from "../src/binary/fields.js";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";
import { m4aHandler } from "../src/m4a/m4a-handler.js";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { embedRows, goldenBytes } from "./golden-rows.js";
import {
  AUDIO,
  boxOf,
  closedM4aSamples,
  freeform,
  fullBox,
  hdlr,
  m4aOf,
  openM4aSamples,
  ownM4aSamples,
  pointing,
  stco,
  tags,
  title,
  track,
} from "./m4a-samples.js";
import { manifestBox, mp4Box } from "./made-samples.js";

const rows = embedRows.filter((row) => row.id.startsWith("m4a-"));
const golden = rows.map((row): MediaSample => ({ name: row.original, bytes: goldenBytes(row.original) }));
const samples = [...openM4aSamples, ...ownM4aSamples, ...closedM4aSamples];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describeMediaHandlerContract(m4aHandler, { samples: [...golden, ...samples], mutationCount: 150 });
describeMediaHandlerContract(mp4Handler, { samples, mutationCount: 60 });

describe("golden M4A rows", () => {
  it("are three", () => {
    expect(rows.map((row) => row.id)).toEqual(["m4a-moov-after", "m4a-tagged", "m4a-via-uuid-box"]);
  });

  it.each(rows)("$id: reads what Python wrote, strips it, and keeps the law on it", async (row) => {
    const written = goldenBytes(row.embedded);
    const manifest = goldenBytes(row.manifest);
    expect(row.expect.original_extract_error).toBe("No genblaze manifest found in <file>");
    for (const handler of [m4aHandler, mp4Handler]) {
      expect(await handler.extract(createMemorySource(goldenBytes(row.original)))).toBeUndefined();
      expect(await handler.extract(createMemorySource(written))).toEqual(manifest);
      expect(await handler.extract(createMemorySource(await strip(handler, written)))).toBeUndefined();
      await assertMediaLaw(handler, written, '{"a":1}');
    }
  });
});

describe("a manifest in an M4A file", () => {
  it("stands in a uuid box at the end and in an atom at the end of the tags", async () => {
    const file = m4aOf([boxOf("moov", tags(title))]);
    const expected = m4aOf([boxOf("moov", tags(title, freeform("manifest", "{}"))), manifestBox("{}")]);
    expect(hex(await embed(m4aHandler, file, "{}"))).toBe(hex(expected));
    expect(hex(expected)).toContain(
      "000000422d2d2d2d000000146d65616e0000000067656e626c617a65000000146e616d65000000006d616e6966657374" +
        "000000126461746100000001000000007b7d",
    );
  });

  it.each([
    ["1", m4aOf([boxOf("moov", boxOf("udta", fullBox("meta", 0, hdlr)))])],
    ["2", m4aOf([boxOf("moov", boxOf("udta"))])],
    ["3", m4aOf([boxOf("moov")])],
  ])("brings %s missing levels with it and remembers how many", async (depth, file) => {
    const inside = tags(freeform("manifest", "{}"), freeform("restore", depth));
    const expected = m4aOf([boxOf("moov", inside), manifestBox("{}")]);
    expect(hex(await embed(m4aHandler, file, "{}"))).toBe(hex(expected));
    expect(hex(await strip(m4aHandler, expected))).toBe(hex(file));
  });

  it.each(openM4aSamples)("is found in the tags alone, and all offsets lead where they led: $name", async (sample) => {
    const embedded = await embed(m4aHandler, sample.bytes, '{"a":1}');
    const boxStart = Buffer.from(embedded).lastIndexOf("modalflow") - 8;
    const tagged = embedded.slice(0, boxStart);
    expect(new TextDecoder().decode(await m4aHandler.extract(createMemorySource(tagged)))).toBe('{"a":1}');
    expect(pointers(embedded)).toEqual(pointers(sample.bytes));
  });

  it.each(closedM4aSamples)("is in the uuid box alone where the tags are left alone: $name", async (sample) => {
    const payload = '{"a":1}';
    expect(hex(await embed(m4aHandler, sample.bytes, payload))).toBe(
      hex(await embed(mp4Handler, sample.bytes, payload)),
    );
  });

  it.each(samples)("is stripped by the video handler as by its own: $name", async (sample) => {
    const clean = hex(await strip(m4aHandler, sample.bytes));
    const embedded = await embed(m4aHandler, sample.bytes, '{"a":1}');
    expect(hex(await strip(mp4Handler, embedded))).toBe(clean);
    expect(hex(await strip(m4aHandler, await embed(mp4Handler, embedded, "{}")))).toBe(clean);
  });

  it("is that of the uuid box when the two differ", async () => {
    const file = m4aOf([boxOf("moov", tags(freeform("manifest", '{"atom":1}'))), manifestBox('{"box":1}')]);
    expect(new TextDecoder().decode(await m4aHandler.extract(createMemorySource(file)))).toBe('{"box":1}');
    expect(hex(await strip(m4aHandler, file))).toBe(hex(m4aOf([boxOf("moov", tags())])));
  });

  it("leaves free boxes behind where offsets cannot follow its atom", async () => {
    const elsewhere = fullBox("dref", 0, uint32be.write(1), fullBox("url ", 0));
    const atom = freeform("manifest", "{}");
    const file = (item: Uint8Array) => m4aOf([boxOf("moov", track([stco(9)], elsewhere), tags(item, title))]);
    const stripped = await strip(m4aHandler, file(atom));
    expect(hex(stripped)).toBe(hex(file(mp4Box("free", new Uint8Array(atom.length - 8)))));
  });

  it("does not shift what points before it", async () => {
    const file = pointing((at) => m4aOf([mp4Box("mdat", AUDIO), boxOf("moov", track([stco(at)]), tags(title))]));
    const pieces = await m4aHandler.embed(createMemorySource(file), latin1("{}"));
    // The sizes of moov, udta, meta and ilst, the atom, and the box: no chunk offset.
    const made = pieces.filter((piece) => piece.kind === "bytes").reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(made).toBe(4 * 4 + freeform("manifest", "{}").length + manifestBox("{}").length);
  });

  it("keeps its atom when another tool adds a tag to a list that was made for it", async () => {
    const made = [freeform("manifest", "{}"), freeform("restore", "3")];
    const tagged = m4aOf([boxOf("moov", tags(...made, title))]);
    expect(hex(await strip(m4aHandler, tagged))).toBe(hex(m4aOf([boxOf("moov", tags(title))])));
  });
});

describe("the M4A handler", () => {
  it.each([
    ["M4A ", true],
    ["M4B ", true],
    ["M4P ", true],
    ["isom", false],
    ["M4V ", false],
    ["M4A", false],
  ])("recognises the major brand %j: %s", (brand, isM4a) => {
    expect(m4aHandler.matches(mp4Box("ftyp", latin1(brand)))).toBe(isM4a);
    expect(m4aHandler.matches(mp4Box("free", latin1(brand)))).toBe(false);
  });

  it("does not take raw AAC (ADTS) for its own, which so gets a sidecar", () => {
    const head = goldenBytes("orig/aac-adts.aac").subarray(0, 64);
    expect([m4aHandler.matches(head), mp4Handler.matches(head)]).toEqual([false, false]);
    expect([m4aHandler, mp4Handler].some(({ mediaTypes }) => mediaTypes.includes("audio/aac"))).toBe(false);
  });

  it("has the audio types, and leaves the video types to the MP4 handler", () => {
    expect(m4aHandler.mediaTypes).toEqual(["audio/mp4", "audio/x-m4a", "audio/m4a"]);
    expect(mp4Handler.mediaTypes).toEqual(["video/mp4", "video/quicktime"]);
    expect([m4aHandler.extensions, mp4Handler.extensions]).toEqual([
      [".m4a", ".m4b"],
      [".mp4", ".mov", ".m4v"],
    ]);
  });

  it("refuses a manifest over 16 MiB", async () => {
    const large = "x".repeat(16 * 1024 * 1024 + 1);
    const file = m4aOf([boxOf("moov", tags(freeform("manifest", large)))]);
    const refusal = { code: "MEDIA_TOO_LARGE" };
    await expect(m4aHandler.extract(createMemorySource(file))).rejects.toMatchObject(refusal);
    await expect(embed(m4aHandler, m4aOf([boxOf("moov", tags())]), large)).rejects.toMatchObject(refusal);
  });

  it("is quick with a hostile number of boxes, tags, tracks and chunks", async () => {
    const many = (bytes: Uint8Array, count: number) => Uint8Array.from(Buffer.alloc(bytes.length * count, bytes));
    const chunks = new Uint8Array(20_000_000);
    const files = [
      m4aOf([boxOf("moov", many(mp4Box("free", new Uint8Array()), 300_000), tags())]),
      m4aOf([boxOf("moov", tags(many(title, 100_000)))]),
      m4aOf([boxOf("moov", many(track([stco(1)]), 20_000), tags())]),
      m4aOf([boxOf("moov", track([fullBox("stco", 0, uint32be.write(5_000_000), chunks)]), tags())]),
      m4aOf([boxOf("moov", track([fullBox("co64", 0, uint32be.write(2_000_000), chunks)]), tags())]),
      m4aOf([boxOf("moov", tags()), many(boxOf("moof", boxOf("traf")), 60_000)]),
    ];
    for (const file of files) {
      const embedded = await embed(m4aHandler, file, "{}");
      expect(Buffer.compare(await strip(m4aHandler, embedded), file)).toBe(0);
    }
  });

  it("strips a list of nothing but manifests", async () => {
    const atom = freeform("manifest", "{}");
    const atoms = Uint8Array.from(Buffer.alloc(atom.length * 10_000, atom));
    const file = pointing((at) => m4aOf([boxOf("moov", track([stco(at)]), tags(atoms)), mp4Box("mdat", AUDIO)]));
    const clean = pointing((at) => m4aOf([boxOf("moov", track([stco(at)]), tags()), mp4Box("mdat", AUDIO)]));
    expect(hex(await strip(m4aHandler, file))).toBe(hex(clean));
  });

  it("keeps the law on files of any tags, ours among them, in any levels", async () => {
    const atom = fc
      .tuple(fc.constantFrom("manifest", "restore", "other"), fc.constantFrom("", "0", "1", "2", "3", "{}", "12"))
      .map(([name, value]) => freeform(name, value));
    const items = fc.array(fc.oneof(atom, fc.constant(title)), { maxLength: 4 });
    const list = items.map((each) => boxOf("ilst", ...each));
    const free = fc.constantFrom(boxOf("free"), new Uint8Array(4), title);
    const meta = fc
      .array(fc.oneof(list, free, fc.constant(hdlr)), { maxLength: 3 })
      .map((each) => fullBox("meta", 0, hdlr, ...each));
    const udta = fc
      .array(fc.oneof({ arbitrary: meta, weight: 3 }, free), { maxLength: 3 })
      .map((each) => boxOf("udta", ...each));
    const offsets = fc.array(fc.nat(400), { maxLength: 4 });
    const moov = fc
      .tuple(offsets, fc.array(fc.oneof({ arbitrary: udta, weight: 3 }, free), { maxLength: 2 }))
      .map(([chunk, each]) => boxOf("moov", track([stco(...chunk)]), ...each));
    const other = fc.constantFrom(mp4Box("mdat", AUDIO), boxOf("free"), manifestBox("{}"));
    const file = fc.array(fc.oneof({ arbitrary: moov, weight: 2 }, other), { maxLength: 3 }).map((each) => m4aOf(each));
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        await assertMediaLaw(m4aHandler, bytes, '{"a":1}');
        await assertMediaLaw(mp4Handler, bytes, '{"a":1}');
      }),
      { numRuns: 1000 },
    );
  });
});

/** What stands where the offsets of a sample lead: the first bytes there. */
function pointers(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const found: number[] = [];
  for (let at = buffer.indexOf("stco"); at >= 0; at = buffer.indexOf("stco", at + 1)) {
    const count = buffer.readUInt32BE(at + 8);
    for (let index = 0; index < count; index += 1) found.push(buffer.readUInt32BE(at + 12 + 4 * index));
  }
  const co64At = buffer.indexOf("co64");
  if (co64At >= 0) found.push(Number(buffer.readBigUInt64BE(co64At + 12)), Number(buffer.readBigUInt64BE(co64At + 20)));
  const saioAt = buffer.indexOf("saio");
  if (saioAt >= 0) {
    found.push(buffer.readUInt32BE(saioAt + 12), Number(buffer.readBigUInt64BE(buffer.lastIndexOf("saio") + 20)));
  }
  const tfhdAt = buffer.indexOf("tfhd");
  if (tfhdAt >= 0) found.push(Number(buffer.readBigUInt64BE(tfhdAt + 12)));
  const tfraAt = buffer.indexOf("tfra");
  if (tfraAt >= 0 && buffer[tfraAt + 4] === 0) {
    found.push(buffer.readUInt32BE(tfraAt + 24), buffer.readUInt32BE(tfraAt + 24 + 14));
  }
  if (tfraAt >= 0 && buffer[tfraAt + 4] === 1) {
    found.push(Number(buffer.readBigUInt64BE(tfraAt + 28)), Number(buffer.readBigUInt64BE(tfraAt + 28 + 22)));
  }
  return found.map((offset) => buffer.toString("latin1", offset, offset + 8));
}

async function embed(handler: MediaHandler, bytes: Uint8Array, payload: string): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.embed(createMemorySource(bytes), latin1(payload)));
}

async function strip(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
}
