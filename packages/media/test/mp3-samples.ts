import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1, uint32be } from "../src/binary/fields.js";

/** The bytes of a text in UTF-16, least significant byte first, without a mark. */
export function utf16(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "utf16le"));
}

/** A number in four bytes of seven bits. */
export function synchsafeBytes(value: number): Uint8Array {
  return Uint8Array.of((value >> 21) & 127, (value >> 14) & 127, (value >> 7) & 127, value & 127);
}

export type Major = 2 | 3 | 4;

/** A frame as its version writes it; `isPlain` gives ID3v2.4 the sizes of iTunes. */
export function id3Frame(major: Major, id: string, data: Uint8Array, flags = 0, isPlain = false): Uint8Array {
  if (major === 2) return concatBytes([latin1(id), uint32be.write(data.length).subarray(1), data]);
  const size = major === 4 && !isPlain ? synchsafeBytes(data.length) : uint32be.write(data.length);
  return concatBytes([latin1(id), size, Uint8Array.of(flags >> 8, flags & 255), data]);
}

/** A tag of these parts, which are extended header, frames and padding. */
export function id3Tag(major: Major, parts: readonly Uint8Array[], flags = 0): Uint8Array {
  const body = concatBytes(parts);
  const rest = concatBytes([Uint8Array.of(major, 0, flags), synchsafeBytes(body.length)]);
  const footer = major === 4 && (flags & 0x10) !== 0 ? [latin1("3DI"), rest] : [];
  return concatBytes([latin1("ID3"), rest, body, ...footer]);
}

/** Puts a zero behind each FF that would look like a synchronisation. */
export function unsynchronised(bytes: Uint8Array): Uint8Array {
  const written: number[] = [];
  bytes.forEach((byte, index) => {
    const next = bytes[index + 1] ?? 0;
    written.push(byte);
    if (byte === 0xff && (next === 0 || next >= 0xe0)) written.push(0);
  });
  return Uint8Array.from(written);
}

/** The data of a manifest frame in one of the four encodings. */
export function manifestData(encoding: 0 | 1 | 2 | 3, text: string): Uint8Array {
  const all = `genblaze:manifest\0${text}`;
  if (encoding === 0 || encoding === 3)
    return concatBytes([Uint8Array.of(encoding), Uint8Array.from(Buffer.from(all))]);
  if (encoding === 2) return concatBytes([Uint8Array.of(2), Uint8Array.from(Buffer.from(utf16(all)).swap16())]);
  const mark = Uint8Array.of(0xff, 0xfe);
  return concatBytes([Uint8Array.of(1), mark, utf16("genblaze:manifest\0"), mark, utf16(text)]);
}

/** Two frames of MPEG-1 layer III by their headers; nobody here decodes them. */
export const layer3 = Uint8Array.from({ length: 104 }, (_, index) => [0xff, 0xfb, 0x90, 0x64][index % 52] ?? index);
/** ID3v1, 128 bytes. */
export const id3v1 = concatBytes([latin1("TAGAn old title"), new Uint8Array(113)]);

const title = (major: Major) => id3Frame(major, major === 2 ? "TT2" : "TIT2", latin1("\0A title"));
const picture = Uint8Array.from({ length: 300 }, (_, index) => [0xff, 0xe0, 0xff, 0x00, index % 256][index % 5] ?? 0);
const ours = (major: Major, text = '{"old":true}') =>
  id3Frame(major, major === 2 ? "TXX" : "TXXX", manifestData(major === 4 ? 3 : 1, text));
const other = id3Frame(4, "TXXX", latin1("\x03Genblaze:manifest\0{}"));
const plainTag = [title(4), id3Frame(4, "APIC", picture, 0, true)];
const ape = concatBytes([latin1("APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\xa0"), new Uint8Array(8)]);
const padding = new Uint8Array(40);
const extendedV23 = concatBytes([uint32be.write(6), Uint8Array.of(0, 0), uint32be.write(40)]);
const extendedV24 = concatBytes([synchsafeBytes(6), Uint8Array.of(1, 0)]);

function sample(name: string, ...parts: readonly Uint8Array[]): MediaSample {
  return { name, bytes: concatBytes(parts) };
}

export const mp3Samples: readonly MediaSample[] = [
  sample("no tag", layer3),
  sample("no tag, MPEG 2.5", Uint8Array.of(0xff, 0xe3), layer3),
  sample("no tag, ID3v1 and APE at the end", layer3, ape, id3v1),
  sample("ID3v2.2", id3Tag(2, [title(2), id3Frame(2, "PIC", picture), padding]), layer3),
  sample("ID3v2.3", id3Tag(3, [title(3), id3Frame(3, "APIC", picture), padding]), layer3, id3v1),
  sample("ID3v2.4", id3Tag(4, [title(4), id3Frame(4, "APIC", picture), padding]), layer3),
  sample("ID3v2.2 unsynchronised", id3Tag(2, [unsynchronised(id3Frame(2, "PIC", picture)), padding], 0x80), layer3),
  sample(
    "ID3v2.3 unsynchronised",
    id3Tag(3, [unsynchronised(concatBytes([title(3), id3Frame(3, "APIC", picture)])), padding], 0x80),
    layer3,
  ),
  sample(
    "ID3v2.3 unsynchronised with ours in the middle",
    id3Tag(
      3,
      [unsynchronised(concatBytes([id3Frame(3, "PRIV", Uint8Array.of(0xff)), ours(3), ours(3), padding, padding]))],
      0x80,
    ),
    layer3,
  ),
  sample(
    "ID3v2.3 that only claims to be unsynchronised",
    id3Tag(3, [id3Frame(3, "APIC", picture), ours(3)], 0x80),
    layer3,
  ),
  sample(
    "ID3v2.4 unsynchronised",
    id3Tag(4, [title(4), id3Frame(4, "APIC", unsynchronised(picture), 2), ours(4)], 0x80),
    layer3,
  ),
  sample("ID3v2.3 with an extended header", id3Tag(3, [extendedV23, title(3), ours(3), padding], 0x40), layer3),
  sample("ID3v2.4 with an extended header", id3Tag(4, [extendedV24, title(4), ours(4), padding], 0x40), layer3),
  sample("a missing extended header", id3Tag(3, [title(3)], 0x40), layer3),
  sample("a footer", id3Tag(4, [title(4)], 0x10), layer3),
  sample("a footer and ours", id3Tag(4, [ours(4), title(4)], 0x10), layer3),
  sample("an empty tag", id3Tag(4, []), layer3),
  sample("an empty tag of ID3v2.2", id3Tag(2, []), layer3),
  sample("padding alone", id3Tag(3, [padding]), layer3),
  sample("a tag alone", id3Tag(3, [title(3), padding])),
  sample("sizes of iTunes", id3Tag(4, plainTag), layer3),
  sample(
    "sizes of iTunes, and ours",
    id3Tag(4, [...plainTag, id3Frame(4, "TXXX", manifestData(3, "x".repeat(200)), 0, true)]),
    layer3,
  ),
  sample("two manifests", id3Tag(4, [ours(4), title(4), ours(4, "{}")]), layer3),
  sample("ours in the middle, other texts", id3Tag(4, [other, ours(4), other, title(4), padding]), layer3),
  sample("an empty manifest before another", id3Tag(4, [ours(4, ""), ours(4)]), layer3),
  sample("UTF-16 without a mark, big-endian", id3Tag(4, [id3Frame(4, "TXXX", manifestData(2, '{"a":"é"}'))]), layer3),
  sample(
    "a data length indicator",
    id3Tag(4, [id3Frame(4, "TXXX", concatBytes([synchsafeBytes(27), manifestData(3, '{"a":1}')]), 1)]),
    layer3,
  ),
  sample("a compressed frame that may be ours", id3Tag(4, [id3Frame(4, "TXXX", picture, 9), title(4)]), layer3),
  sample(
    "our tag, to which another tool added a title",
    id3Tag(4, [ours(4, "{}\0genblaze:created"), title(4)]),
    layer3,
  ),
  sample("our tag in front of something else", id3Tag(4, [ours(4, "{}\0genblaze:created")]), latin1("OggS")),
  sample(
    "a tag of ours in front of a foreign one",
    id3Tag(4, [ours(4, "{}\0genblaze:created")]),
    id3Tag(4, [title(4)]),
    layer3,
  ),
  sample("junk behind the frames", id3Tag(3, [title(3), latin1("no frame at all"), ours(3)]), layer3),
  sample("a frame that reaches past the tag", id3Tag(3, [title(3), latin1("PRIV\0\0\xff\0\0\0abc")]), layer3),
  sample("AAC in ADTS behind a tag", id3Tag(4, [title(4)]), Uint8Array.of(0xff, 0xf1, 0x50, 0x80), layer3),
];
