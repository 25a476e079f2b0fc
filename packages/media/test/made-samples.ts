import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { fourCharacters, latin1, uint32be, uint32le, uint64be } from "../src/binary/fields.js";

/** One PNG chunk; its CRC is not right, nobody here checks it. */
export function pngChunk(type: string, body: Uint8Array): Uint8Array {
  return concatBytes([uint32be.write(body.length), fourCharacters.write(type), body, uint32be.write(0)]);
}

/** A PNG file of these chunks between IHDR and IEND. */
export function pngOf(chunks: readonly Uint8Array[], tail: Uint8Array = new Uint8Array()): Uint8Array {
  const header = pngChunk("IHDR", new Uint8Array(13));
  return concatBytes([latin1("\x89PNG\r\n\x1a\n"), header, ...chunks, pngChunk("IEND", new Uint8Array()), tail]);
}

/** One MP4 box; `sizing` says how its size is written. */
export function mp4Box(type: string, body: Uint8Array, sizing: "32-bit" | "64-bit" | "open" = "32-bit"): Uint8Array {
  const name = fourCharacters.write(type);
  if (sizing === "64-bit") return concatBytes([uint32be.write(1), name, uint64be.write(16 + body.length), body]);
  return concatBytes([uint32be.write(sizing === "open" ? 0 : 8 + body.length), name, body]);
}

/** An MP4 file of these boxes after `ftyp`. */
export function mp4Of(boxes: readonly Uint8Array[], tail: Uint8Array = new Uint8Array()): Uint8Array {
  return concatBytes([mp4Box("ftyp", latin1("isom\0\0\0\0")), ...boxes, tail]);
}

/** Our manifest box, as the Python library writes it. */
export function manifestBox(payload: string, idEnd = 1): Uint8Array {
  return mp4Box("uuid", concatBytes([latin1("modalflow\0\0\0\0\0\0"), Uint8Array.of(idEnd), latin1(payload)]));
}

/** One RIFF chunk; `size` overrules the size field. */
export function riffChunk(id: string, body: Uint8Array, size = body.length, hasPad = true): Uint8Array {
  const pad = new Uint8Array(hasPad ? body.length % 2 : 0);
  return concatBytes([fourCharacters.write(id), uint32le.write(size), body, pad]);
}

/** A WAV file of these chunks after `fmt `; `riffSize` overrules the RIFF size. */
export function wavOf(
  chunks: readonly Uint8Array[],
  tail: Uint8Array = new Uint8Array(),
  riffSize?: number,
): Uint8Array {
  const content = concatBytes([latin1("WAVE"), riffChunk("fmt ", new Uint8Array(16)), ...chunks]);
  return concatBytes([latin1("RIFF"), uint32le.write(riffSize ?? content.length), content, tail]);
}

/** A LIST/INFO chunk of these sub-chunks. */
export function infoList(tags: readonly Uint8Array[]): Uint8Array {
  return riffChunk("LIST", concatBytes([latin1("INFO"), ...tags]));
}

const audio = Uint8Array.from({ length: 101 }, (_, index) => (index * 7) % 256);
const evenAudio = audio.subarray(0, 100);
const artist = riffChunk("IART", latin1("An artist\0"));
const manifest = riffChunk("IMFL", latin1('{"old":true}\0'));

export const pngSamples: readonly MediaSample[] = [
  { name: "trailing bytes", bytes: pngOf([pngChunk("IDAT", audio)], latin1("PK\x03\x04 trailing")) },
  { name: "few trailing bytes", bytes: pngOf([pngChunk("IDAT", audio)], latin1("ab")) },
  { name: "a manifest after IEND", bytes: pngOf([], pngChunk("iTXt", latin1("genblaze:manifest\0\0\0\0\0{}"))) },
  { name: "a compressed manifest", bytes: pngOf([pngChunk("iTXt", latin1("genblaze:manifest\0\x01\0\0\0{}"))]) },
];

export const mp4Samples: readonly MediaSample[] = [
  { name: "an open mdat", bytes: mp4Of([mp4Box("moov", audio), mp4Box("mdat", audio, "open")]) },
  { name: "an empty open mdat", bytes: mp4Of([mp4Box("mdat", new Uint8Array(), "open")]) },
  { name: "a 64-bit mdat", bytes: mp4Of([mp4Box("mdat", audio, "64-bit"), mp4Box("moov", audio)]) },
  { name: "a manifest before mdat", bytes: mp4Of([mp4Box("moov", audio), manifestBox("{}"), mp4Box("mdat", audio)]) },
  {
    name: "an open manifest box",
    bytes: mp4Of([mp4Box("uuid", concatBytes([latin1("modalflow\0\0\0\0\0\0\x01"), latin1("{}")]), "open")]),
  },
  { name: "a lone restore box", bytes: mp4Of([mp4Box("mdat", audio), manifestBox("\x01", 2)]) },
  { name: "a forged restore box", bytes: mp4Of([mp4Box("mdat", audio), manifestBox("\x01", 2), manifestBox("{}")]) },
  { name: "two restore boxes", bytes: mp4Of([manifestBox("\x01", 2), manifestBox("\x01", 2), manifestBox("{}")]) },
  {
    name: "a restore box that is not alone",
    bytes: mp4Of([manifestBox("{}"), mp4Box("mdat", audio), manifestBox("\x01", 2), manifestBox("{}")]),
  },
  { name: "zero padding", bytes: mp4Of([mp4Box("mdat", audio)], new Uint8Array(40)) },
  { name: "stray bytes", bytes: mp4Of([mp4Box("mdat", audio)], latin1("stray bytes")) },
  { name: "three stray bytes", bytes: mp4Of([mp4Box("mdat", audio)], latin1("abc")) },
];

export const wavSamples: readonly MediaSample[] = [
  { name: "no pad byte at the end", bytes: wavOf([riffChunk("data", audio, 101, false)]) },
  {
    name: "a pad byte that the RIFF size leaves out",
    bytes: wavOf([riffChunk("data", audio)], undefined, 4 + 24 + 109),
  },
  { name: "placeholder sizes", bytes: wavOf([riffChunk("data", audio, 0xffff_ffff, false)], undefined, 0xffff_ffff) },
  {
    name: "placeholder sizes, even",
    bytes: wavOf([riffChunk("data", evenAudio, 0xffff_ffff)], undefined, 0xffff_ffff),
  },
  { name: "sizes of zero", bytes: wavOf([riffChunk("data", evenAudio, 0)], undefined, 0) },
  {
    name: "a RIFF size that ends at the audio",
    bytes: wavOf([riffChunk("data", evenAudio, 0)], undefined, 4 + 24 + 8),
  },
  { name: "truncated audio", bytes: wavOf([riffChunk("data", evenAudio, 4000)], undefined, 4036) },
  { name: "an empty last chunk", bytes: wavOf([riffChunk("data", evenAudio), riffChunk("PEAK", new Uint8Array())]) },
  { name: "empty audio", bytes: wavOf([riffChunk("data", new Uint8Array())]) },
  { name: "empty audio, then a list", bytes: wavOf([riffChunk("data", new Uint8Array()), infoList([artist])]) },
  { name: "bytes after the RIFF end", bytes: wavOf([riffChunk("data", evenAudio)], latin1("trailing bytes")) },
  { name: "a chunk after the RIFF end", bytes: wavOf([riffChunk("data", evenAudio)], riffChunk("id3 ", audio)) },
  { name: "foreign tags", bytes: wavOf([infoList([artist]), riffChunk("data", evenAudio)]) },
  { name: "ours among foreign tags", bytes: wavOf([infoList([artist, manifest, artist]), riffChunk("data", audio)]) },
  { name: "two manifests", bytes: wavOf([infoList([manifest]), riffChunk("data", audio), infoList([manifest])]) },
  {
    name: "a forged restore record",
    bytes: wavOf([riffChunk("data", audio), infoList([manifest, riffChunk("IGBR", latin1(`${"0".repeat(23)}3\0`))])]),
  },
  {
    name: "a restore record that reaches into the header of the audio",
    bytes: wavOf([
      riffChunk("data", new Uint8Array()),
      infoList([manifest, riffChunk("IGBR", latin1(`${"0".repeat(23)}3\0`))]),
    ]),
  },
  { name: "a lone restore record", bytes: wavOf([infoList([riffChunk("IGBR", new Uint8Array(12))])]) },
  { name: "no chunk but the format", bytes: wavOf([]) },
];
