import { hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";

/** First bytes of a format: all of these parts are there. */
export interface MagicNumber {
  readonly mediaType: string;
  readonly parts: readonly (readonly [offset: number, bytes: Uint8Array])[];
}

/** QuickTime files from before there was an ftyp box begin with one of these. */
const OLD_QUICKTIME_BOXES = ["moov", "mdat", "free", "skip", "wide", "pnot"] as const;

/** Formats that a fixed sequence of bytes tells. Nearer descriptions come first. */
const MAGIC_NUMBERS: readonly MagicNumber[] = [
  magic("image/png", [0, "\x89PNG\r\n\x1a\n"]),
  magic("image/jpeg", [0, "\xff\xd8\xff"]),
  magic("image/webp", [0, "RIFF"], [8, "WEBP"]),
  magic("audio/wav", [0, "RIFF"], [8, "WAVE"]),
  magic("video/x-msvideo", [0, "RIFF"], [8, "AVI "]),
  magic("audio/flac", [0, "fLaC"]),
  magic("audio/mpeg", [0, "ID3"]),
  magic("image/gif", [0, "GIF87a"]),
  magic("image/gif", [0, "GIF89a"]),
  magic("image/tiff", [0, "II*\0"]),
  magic("image/tiff", [0, "MM\0*"]),
  // BigTIFF.
  magic("image/tiff", [0, "II+\0"]),
  magic("image/tiff", [0, "MM\0+"]),
  magic("application/pdf", [0, "%PDF-"]),
  magic("image/jp2", [0, "\0\0\0\x0cjP  \r\n\x87\n"]),
  magic("image/jxl", [0, "\0\0\0\x0cJXL \r\n\x87\n"]),
  // EBML, which WebM shares with Matroska; the name stands in the header, at no fixed place.
  magic("video/webm", [0, "\x1a\x45\xdf\xa3"]),
  magic("audio/ogg", [0, "OggS"]),
  ...OLD_QUICKTIME_BOXES.map((type) => magic("video/quicktime", [4, type])),
];

/** The media type that the first bytes of a file tell by a fixed sequence. */
export function findMagicNumber(head: Uint8Array): string | undefined {
  return MAGIC_NUMBERS.find(({ parts }) => parts.every(([offset, bytes]) => hasBytesAt(head, offset, bytes)))
    ?.mediaType;
}

function magic(mediaType: string, ...parts: readonly (readonly [number, string])[]): MagicNumber {
  return { mediaType, parts: parts.map(([offset, text]) => [offset, latin1(text)]) };
}
