import { open } from "node:fs/promises";

/** Written over and over; no FF in it, so that no scan of a JPEG ends early. */
const FILLER = Buffer.alloc(1 << 20, "genblaze bench ");
/** One MPEG-1 layer III frame of 417 bytes at 128 kbit/s and 44.1 kHz. */
const MP3_FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]);

/** Big files of each container: how they begin and end, and what is between. Decoders are not asked. */
const kinds = {
  mp4: (size) => ({ head: [box("ftyp", 8), box("moov", 1000), u32be(size - 1024), "mdat"], fill: FILLER, tail: [] }),
  jpeg: () => ({
    head: ["\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "\xff\xda\x00\x08\x01\x01\0\0\x3f\0"],
    fill: FILLER,
    tail: ["\xff\xd9"],
  }),
  webp: (size) => ({
    head: ["RIFF", u32le(size - 8), "WEBPVP8L", u32le(size - 20), "\x2f\x0f\xc0\x01\x10"],
    fill: FILLER,
    tail: [],
  }),
  mp3: () => ({ head: [], fill: Buffer.concat(Array(2500).fill(MP3_FRAME)), tail: [] }),
  wav: (size) => ({
    head: [
      "RIFF",
      u32le(size - 8),
      "WAVEfmt ",
      u32le(16),
      "\x01\0\x02\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x10\0",
      "data",
      u32le(size - 44),
    ],
    fill: FILLER,
    tail: [],
  }),
};

/** Writes a file of exactly `sizeBytes`; a sparse one has a hole where the filling would be. */
export async function writeBigFile(path, kind, sizeBytes, { sparse = false } = {}) {
  const { head, fill, tail } = kinds[kind](sizeBytes);
  const file = await open(path, "w");
  try {
    const begin = bytesOf(head);
    const end = bytesOf(tail);
    await file.write(begin, 0, begin.length, 0);
    const fillEnd = sizeBytes - end.length;
    for (let at = begin.length; at < fillEnd && !sparse; at += fill.length) {
      await file.write(fill, 0, Math.min(fill.length, fillEnd - at), at);
    }
    await file.truncate(sizeBytes);
    if (end.length > 0) await file.write(end, 0, end.length, fillEnd);
  } finally {
    await file.close();
  }
}

function box(type, bodyBytes) {
  return Buffer.concat([u32be(8 + bodyBytes), Buffer.from(type), Buffer.alloc(bodyBytes)]);
}

function u32be(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u32le(value) {
  return Buffer.from(u32be(value)).reverse();
}

function bytesOf(parts) {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
}
