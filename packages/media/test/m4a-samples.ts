import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1, uint32be, uint64be } from "../src/binary/fields.js";
import { manifestBox, mp4Box } from "./made-samples.js";

/** What the media data holds; its place is what every offset of the samples points at. */
export const AUDIO = latin1("audio data, not to be lost");
const none = new Uint8Array();
const zeros = new Uint8Array(4);

/** A full box: version, flags, content. */
export function fullBox(type: string, versionAndFlags: number, ...content: readonly Uint8Array[]): Uint8Array {
  return mp4Box(type, concatBytes([uint32be.write(versionAndFlags), ...content]));
}

/** A box of boxes. */
export function boxOf(type: string, ...boxes: readonly Uint8Array[]): Uint8Array {
  return mp4Box(type, concatBytes(boxes));
}

/** A freeform atom. */
export function freeform(name: string, value: string, mean = "genblaze"): Uint8Array {
  const data = boxOf("data", uint32be.write(1), zeros, latin1(value));
  return boxOf("----", fullBox("mean", 0, latin1(mean)), fullBox("name", 0, latin1(name)), data);
}

export const title = boxOf("\xa9nam", boxOf("data", uint32be.write(1), zeros, latin1("A title")));
export const hdlr = fullBox("hdlr", 0, zeros, latin1("mdirappl"), new Uint8Array(9));

/** The list of tags and the levels around it. */
export function tags(...items: readonly Uint8Array[]): Uint8Array {
  return boxOf("udta", fullBox("meta", 0, hdlr, boxOf("ilst", ...items)));
}

export const dref = fullBox("dref", 0, uint32be.write(1), fullBox("url ", 1));
export const stco = (...offsets: readonly number[]) =>
  fullBox("stco", 0, uint32be.write(offsets.length), ...offsets.map(uint32be.write));
export const co64 = (...offsets: readonly number[]) =>
  fullBox("co64", 0, uint32be.write(offsets.length), ...offsets.map(uint64be.write));

/** A track whose stbl holds these boxes. */
export function track(stbl: readonly Uint8Array[], references = dref): Uint8Array {
  return boxOf("trak", boxOf("mdia", boxOf("minf", boxOf("dinf", references), boxOf("stbl", ...stbl))));
}

/** An M4A file of these boxes. */
export function m4aOf(boxes: readonly Uint8Array[], tail: Uint8Array = none): Uint8Array {
  return concatBytes([mp4Box("ftyp", latin1("M4A \0\0\0\0M4A isom")), ...boxes, tail]);
}

/** A file whose boxes hold the place of the audio, which is known only once they are made. */
export function pointing(make: (audioAt: number) => Uint8Array): Uint8Array {
  const audioAt = Buffer.from(make(0)).indexOf(AUDIO);
  return make(audioAt);
}

const mdat = mp4Box("mdat", AUDIO);
const moovFirst = (...udta: readonly Uint8Array[]) =>
  pointing((at) => m4aOf([boxOf("moov", track([stco(at, at + 5)]), ...udta), mdat]));

/** A fragmented file; everything that can point into it does. */
export function fragmented(version: 0 | 1): Uint8Array {
  const offset = version === 0 ? uint32be.write : uint64be.write;
  const make = (at: number, moofAt: number) => {
    const tfhd = fullBox("tfhd", 1, uint32be.write(1), uint64be.write(at));
    const entry = concatBytes([offset(0), offset(moofAt), Uint8Array.of(1, 0, 1, 0, 0, 1)]);
    const tfra = fullBox(
      "tfra",
      version << 24,
      uint32be.write(1),
      uint32be.write(0b000110),
      uint32be.write(2),
      entry,
      entry,
    );
    const moov = boxOf("moov", track([stco()]), tags(title));
    return m4aOf([moov, boxOf("moof", boxOf("traf", tfhd)), mdat, boxOf("mfra", tfra)]);
  };
  const first = Buffer.from(make(0, 0));
  return make(first.indexOf(AUDIO), first.indexOf("moof") - 4);
}

/** Files in which our atom finds a place among the tags. */
export const openM4aSamples: readonly MediaSample[] = [
  { name: "moov first, tags", bytes: moovFirst(tags(title)) },
  { name: "moov first, an empty list", bytes: moovFirst(tags()) },
  { name: "no udta", bytes: moovFirst() },
  { name: "udta without meta", bytes: moovFirst(boxOf("udta", boxOf("name", AUDIO.subarray(1)))) },
  { name: "an empty udta", bytes: moovFirst(boxOf("udta")) },
  { name: "meta without a list", bytes: moovFirst(boxOf("udta", fullBox("meta", 0, hdlr))) },
  {
    name: "padding after the list",
    bytes: moovFirst(boxOf("udta", fullBox("meta", 0, hdlr, boxOf("ilst", title), boxOf("free", new Uint8Array(9))))),
  },
  { name: "two udta", bytes: moovFirst(tags(title), tags(title)) },
  { name: "moov last", bytes: pointing((at) => m4aOf([mdat, boxOf("moov", track([stco(at)]), tags(title))])) },
  {
    name: "an open moov",
    bytes: pointing((at) => m4aOf([mdat, mp4Box("moov", concatBytes([track([stco(at)]), tags(title)]), "open")])),
  },
  {
    name: "an open moov without udta",
    bytes: pointing((at) => m4aOf([mdat, mp4Box("moov", track([stco(at)]), "open")])),
  },
  {
    name: "an open mdat",
    bytes: pointing((at) => m4aOf([boxOf("moov", track([stco(at)]), tags()), mp4Box("mdat", AUDIO, "open")])),
  },
  {
    name: "64-bit offsets and sizes",
    bytes: pointing((at) => {
      const content = concatBytes([track([co64(at, at + 1)]), mp4Box("udta", tags(title).subarray(8), "64-bit")]);
      return m4aOf([mp4Box("moov", content, "64-bit"), mp4Box("mdat", AUDIO, "64-bit")]);
    }),
  },
  {
    name: "auxiliary information",
    bytes: pointing((at) => {
      const saio = [
        fullBox("saio", 0, uint32be.write(1), uint32be.write(at)),
        fullBox("saio", 0x0100_0001, uint32be.write(7), uint32be.write(0), uint32be.write(1), uint64be.write(at)),
      ];
      return m4aOf([boxOf("moov", track([stco(at), ...saio]), tags()), mdat]);
    }),
  },
  { name: "fragments, 32-bit random access", bytes: fragmented(0) },
  { name: "fragments, 64-bit random access", bytes: fragmented(1) },
  {
    name: "a segment index after moov",
    bytes: m4aOf([boxOf("moov", tags()), fullBox("sidx", 0), boxOf("moof"), mdat]),
  },
  { name: "stray bytes", bytes: concatBytes([moovFirst(tags(title)), latin1("stray")]) },
  { name: "two moov", bytes: m4aOf([boxOf("moov", tags()), boxOf("moov", tags(freeform("manifest", "{}")))]) },
];

/** Files that carry something of ours. */
export const ownM4aSamples: readonly MediaSample[] = [
  { name: "a manifest of Python's", bytes: moovFirst(tags(title, freeform("manifest", '{"old":true}'), title)) },
  { name: "two manifests", bytes: moovFirst(tags(freeform("manifest", "{}"), title, freeform("manifest", "{}"))) },
  { name: "an empty manifest", bytes: moovFirst(tags(freeform("manifest", ""))) },
  { name: "a lone restore atom", bytes: moovFirst(tags(freeform("restore", "3"))) },
  { name: "a forged restore atom", bytes: moovFirst(tags(freeform("manifest", "{}"), freeform("restore", "9"))) },
  {
    name: "a restore atom over foreign tags",
    bytes: moovFirst(tags(title, freeform("manifest", "{}"), freeform("restore", "3"))),
  },
  {
    name: "a restore atom in a udta that is not last",
    bytes: moovFirst(tags(freeform("manifest", "{}"), freeform("restore", "3")), boxOf("free")),
  },
  { name: "a whole record", bytes: moovFirst(tags(freeform("manifest", "{}"), freeform("restore", "3"))) },
  {
    name: "a manifest without a value",
    bytes: moovFirst(
      tags(boxOf("----", fullBox("mean", 0, latin1("genblaze")), fullBox("name", 0, latin1("manifest")))),
    ),
  },
  {
    name: "a box before mdat and tags",
    bytes: pointing((at) =>
      m4aOf([boxOf("moov", track([stco(at)]), tags(freeform("manifest", "{}"))), manifestBox("{}"), mdat]),
    ),
  },
  { name: "an atom where offsets cannot follow", bytes: odd(tags(title, freeform("manifest", '{"old":true}'))) },
];

/** Files whose tags are left alone. */
export const closedM4aSamples: readonly MediaSample[] = [
  { name: "no moov", bytes: m4aOf([mdat]) },
  { name: "a terminated udta", bytes: moovFirst(boxOf("udta", tags(title).subarray(8), zeros)) },
  { name: "a terminated udta without meta", bytes: moovFirst(boxOf("udta", zeros)) },
  {
    name: "metadata keys of QuickTime",
    bytes: moovFirst(
      boxOf("udta", fullBox("meta", 0, fullBox("hdlr", 0, zeros, latin1("mdta"), zeros), boxOf("ilst"))),
    ),
  },
  { name: "meta without a handler", bytes: moovFirst(boxOf("udta", fullBox("meta", 0, boxOf("ilst")))) },
  { name: "meta without version", bytes: moovFirst(boxOf("udta", boxOf("meta", hdlr, boxOf("ilst", title)))) },
  { name: "an empty meta", bytes: moovFirst(boxOf("udta", boxOf("meta"))) },
  { name: "a data reference to another file", bytes: odd(tags(title)) },
  { name: "a compressed moov", bytes: m4aOf([boxOf("moov", boxOf("cmov", AUDIO), tags()), mdat]) },
  { name: "item locations", bytes: m4aOf([boxOf("moov", tags()), fullBox("meta", 0, fullBox("iloc", 0)), mdat]) },
  { name: "a segment index before moov", bytes: m4aOf([fullBox("sidx", 0), boxOf("moov", tags()), mdat]) },
  { name: "an offset at the end of 32 bits", bytes: m4aOf([boxOf("moov", track([stco(0xffff_fff0)]), tags()), mdat]) },
  { name: "an offset beyond any file", bytes: m4aOf([boxOf("moov", track([co64(2 ** 53)]), tags()), mdat]) },
  {
    name: "a table that reaches past its box",
    bytes: m4aOf([boxOf("moov", track([fullBox("stco", 0, uint32be.write(2), zeros)]), tags()), mdat]),
  },
  { name: "a list with stray bytes", bytes: moovFirst(tags(title, latin1("stray"))) },
];

function odd(udta: Uint8Array): Uint8Array {
  const elsewhere = fullBox("dref", 0, uint32be.write(1), fullBox("url ", 0, latin1("other.m4a\0")));
  return m4aOf([boxOf("moov", track([stco(4096)], elsewhere), udta), mdat]);
}
