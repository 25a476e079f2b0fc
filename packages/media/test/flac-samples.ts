import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { latin1, uint32be, uint32le } from "../src/binary/fields.js";
import { id3Frame, id3Tag, id3v1, manifestData } from "./mp3-samples.js";

/** A metadata block that is not the last. */
export function flacBlock(type: number, body: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(type), uint32be.write(body.length).subarray(1), body]);
}

/** A VORBIS_COMMENT block of these comments. */
export function commentBlock(comments: readonly string[], vendor = "a vendor", rest = ""): Uint8Array {
  const parts = comments.map((comment) => lengthAndText(comment));
  const count = uint32le.write(comments.length);
  return flacBlock(4, concatBytes([lengthAndText(vendor), count, ...parts, latin1(rest)]));
}

const streamInfo = flacBlock(
  0,
  Uint8Array.from({ length: 34 }, (_, index) => index),
);
/** How the audio begins; nobody here decodes it. */
const audio = Uint8Array.of(0xff, 0xf8, 0x69, 0x08, 0x00, 0x12, 0x34, 0x56, 0x78);

/** A FLAC file of these blocks after STREAMINFO; the last one gets its flag. */
export function flacOf(blocks: readonly Uint8Array[], tail: Uint8Array = new Uint8Array()): Uint8Array {
  const all = [streamInfo, ...blocks];
  const marked = all.map((block, index) =>
    index === all.length - 1 ? concatBytes([Uint8Array.of((block[0] ?? 0) | 0x80), block.subarray(1)]) : block,
  );
  return concatBytes([latin1("fLaC"), ...marked, audio, tail]);
}

function lengthAndText(text: string): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(text));
  return concatBytes([uint32le.write(bytes.length), bytes]);
}

const padding = flacBlock(1, new Uint8Array(64));
/** A picture of 300 bytes: kind, media type, description, four numbers, data (RFC 9639, section 8.8). */
const picture = flacBlock(
  6,
  concatBytes([
    latin1("\0\0\0\x03\0\0\0\x09image/png\0\0\0\0"),
    new Uint8Array(16),
    uint32be.write(300),
    Uint8Array.from({ length: 300 }, (_, index) => index % 256),
  ]),
);
const seekTable = flacBlock(3, new Uint8Array(18));
const tags = ["ARTIST=Someone", "TITLE=é"];
const ours = 'GENBLAZE_MANIFEST={"old":true}';
const tag = id3Tag(4, [id3Frame(4, "TIT2", latin1("\0Title"))]);

export const flacSamples: readonly MediaSample[] = [
  { name: "STREAMINFO alone", bytes: flacOf([]) },
  { name: "no comments", bytes: flacOf([seekTable, picture, padding]) },
  { name: "comments and padding", bytes: flacOf([seekTable, commentBlock(tags), padding]) },
  { name: "comments last, no padding", bytes: flacOf([commentBlock(tags)]) },
  { name: "no comment in the block", bytes: flacOf([commentBlock([]), padding]) },
  { name: "pictures around the comments", bytes: flacOf([picture, commentBlock(tags), picture]) },
  { name: "a lower-case key", bytes: flacOf([commentBlock([...tags, ours.toLowerCase()])]) },
  { name: "two manifests among others", bytes: flacOf([commentBlock([ours, "A=1", ours, ours, "B=2"]), padding]) },
  { name: "an empty manifest", bytes: flacOf([commentBlock(["GENBLAZE_MANIFEST=", "GENBLAZE_MANIFESTO=1"])]) },
  { name: "bytes behind the comments", bytes: flacOf([commentBlock([ours], "a vendor", "rest")]) },
  { name: "two blocks of comments", bytes: flacOf([commentBlock(tags), commentBlock([ours])]) },
  { name: "our block", bytes: flacOf([commentBlock([ours], "genblaze:created"), padding]) },
  { name: "our block, last", bytes: flacOf([padding, commentBlock([ours], "genblaze:created")]) },
  { name: "our block without a manifest", bytes: flacOf([commentBlock([], "genblaze:created")]) },
  { name: "our block, to which another tool added", bytes: flacOf([commentBlock([ours, "A=1"], "genblaze:created")]) },
  { name: "our block with bytes behind", bytes: flacOf([commentBlock([ours], "genblaze:created", "rest")]) },
  {
    name: "two blocks of ours",
    bytes: flacOf([commentBlock([], "genblaze:created"), commentBlock([ours], "genblaze:created")]),
  },
  { name: "ID3v1 at the end", bytes: flacOf([commentBlock(tags)], id3v1) },
  { name: "an ID3 tag before", bytes: concatBytes([tag, flacOf([commentBlock(tags), padding])]) },
  {
    name: "an ID3 tag before, a manifest in both",
    bytes: concatBytes([
      id3Tag(4, [id3Frame(4, "TXXX", manifestData(3, "{}"))]),
      flacOf([commentBlock([ours]), padding]),
    ]),
  },
];
