import { concatBytes, hasBytesAt } from "../../src/binary/bytes.js";
import { latin1, uint32be, uint32le } from "../../src/binary/fields.js";
import { buildXmpPacket } from "../../src/xmp/xmp-packet.js";
import { commentBlock } from "../flac-samples.js";
import { infoList, pngChunk, riffChunk } from "../made-samples.js";
import { id3Frame, type Major, manifestData, synchsafeBytes } from "../mp3-samples.js";
import { mp4Parts } from "./mp4-parts.js";
import { type Parts, walkParts } from "./walk-parts.js";

const old = '{"old":true}';

/** The parts of a file that begins like one of a kind we know. */
export function partsOf(bytes: Uint8Array): Parts | undefined {
  if (hasBytesAt(bytes, 0, latin1("ID3"))) return id3Parts(bytes);
  if (hasBytesAt(bytes, 0, latin1("RIFF"))) return riffParts(bytes);
  if (hasBytesAt(bytes, 0, latin1("\x89PNG"))) return pngParts(bytes);
  if (hasBytesAt(bytes, 4, latin1("ftyp"))) return mp4Parts(bytes);
  if (hasBytesAt(bytes, 0, latin1("fLaC"))) return flacParts(bytes);
  if (hasBytesAt(bytes, 0, latin1("\xff\xd8"))) return jpegParts(bytes);
  return undefined;
}

function id3Parts(bytes: Uint8Array): Parts | undefined {
  const major = ([2, 3, 4] as const).find((each): each is Major => each === bytes[3]);
  if (bytes.length < 10 || major === undefined) return undefined;
  const end = Math.min(10 + sevenBits(bytes, 6), bytes.length);
  const parts = walkParts(bytes, 10, end, (at) => {
    if (bytes[at] === 0) return 0;
    if (major === 2) return 6 + (uint32be.read(bytes, at + 2) & 0xff_ffff);
    return 10 + (major === 3 ? uint32be.read(bytes, at + 4) : sevenBits(bytes, at + 4));
  });
  const join = (changed: readonly Uint8Array[]) => {
    const body = concatBytes(changed);
    return concatBytes([bytes.subarray(0, 6), synchsafeBytes(body.length), body, bytes.subarray(end)]);
  };
  return { parts, own: ownFrames(major), join };
}

/** In each encoding, and one that only begins like ours. */
function ownFrames(major: Major): Uint8Array[] {
  const id = major === 2 ? "TXX" : "TXXX";
  const data = [...([0, 1, 2, 3] as const).map((encoding) => manifestData(encoding, old)), latin1("\0genblaze:m\xff")];
  return [
    ...data.map((each) => id3Frame(major, id, each)),
    id3Frame(major, major === 2 ? "PRI" : "PRIV", Uint8Array.of(0xff)),
    concatBytes([uint32be.write(6), Uint8Array.of(1, 0)]),
  ];
}

function riffParts(bytes: Uint8Array): Parts | undefined {
  if (bytes.length < 12) return undefined;
  const parts = walkParts(bytes, 12, bytes.length, (at) => {
    const size = uint32le.read(bytes, at + 4);
    return 8 + size + (size % 2);
  });
  const join = (changed: readonly Uint8Array[]) => {
    const content = concatBytes([bytes.subarray(8, 12), ...changed]);
    return concatBytes([bytes.subarray(0, 4), uint32le.write(content.length), content]);
  };
  const manifest = riffChunk("IMFL", latin1(`${old}\0`));
  const record = riffChunk("IGBR", latin1(`${"0".repeat(23)}3\0`));
  const artist = riffChunk("IART", latin1("An artist\0"));
  const lists = [infoList([manifest]), infoList([artist, manifest]), infoList([manifest, record]), infoList([record])];
  return { parts, own: [...lists, riffChunk("XMP ", buildXmpPacket(latin1(old)))], join };
}

function pngParts(bytes: Uint8Array): Parts {
  const parts = walkParts(bytes, 8, bytes.length, (at) => 12 + uint32be.read(bytes, at));
  const own = ["\0\0\0\0\0", "\0\x01\0\0\0"].map((fields) =>
    pngChunk("iTXt", latin1(`genblaze:manifest${fields}${old}`)),
  );
  return { parts, own, join: (changed) => concatBytes([bytes.subarray(0, 8), ...changed]) };
}

/** The flag of the last block goes to whichever is last now. */
function flacParts(bytes: Uint8Array): Parts {
  const blocks: Uint8Array[] = [];
  let at = 4;
  for (let isLast = false; !isLast && at + 4 <= bytes.length; ) {
    const end = at + 4 + (uint32be.read(bytes, at) & 0xff_ffff);
    if (end > bytes.length) break;
    isLast = (bytes[at] ?? 0) >= 0x80;
    blocks.push(bytes.subarray(at, end));
    at = end;
  }
  const join = (changed: readonly Uint8Array[]) => {
    const flagged = changed.map((block, index) => {
      const type = ((block[0] ?? 0) & 0x7f) | (index === changed.length - 1 ? 0x80 : 0);
      return concatBytes([Uint8Array.of(type), block.subarray(1)]);
    });
    return concatBytes([bytes.subarray(0, 4), ...flagged, bytes.subarray(at)]);
  };
  const own = [[`GENBLAZE_MANIFEST=${old}`], ["TITLE=A title", `genblaze_manifest=${old}`], []];
  return { parts: blocks, own: own.map((comments) => commentBlock(comments)), join };
}

function jpegParts(bytes: Uint8Array): Parts {
  const parts = walkParts(bytes, 2, bytes.length, (at) => {
    const isSegment = bytes[at] === 0xff && bytes[at + 1] !== 0xda;
    return isSegment ? 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0) : 0;
  });
  const packet = concatBytes([latin1("http://ns.adobe.com/xap/1.0/\0"), buildXmpPacket(latin1(old))]);
  const length = packet.length + 2;
  const ours = concatBytes([Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), packet]);
  const images = latin1("\xff\xe2\0\x06MPF\0");
  const join = (changed: readonly Uint8Array[]) => concatBytes([bytes.subarray(0, 2), ...changed]);
  return { parts, own: [ours, images], join };
}

function sevenBits(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + 4).reduce((value, byte) => value * 0x80 + (byte & 0x7f), 0);
}
