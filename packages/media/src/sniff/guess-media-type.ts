import { extname } from "node:path";
import { sniffMediaType } from "./sniff-media-type.js";

export interface GuessMediaTypeOptions {
  /** The first bytes of the file; 64 are enough. @default none */
  readonly head?: Uint8Array;
  /** Path or name of the file, for its extension. @default none */
  readonly path?: string;
}

const UNKNOWN = "application/octet-stream";
const EXTENSIONS: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".apng": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".avif": "image/avif",
  ".heic": "image/heic",
  ".heif": "image/heif",
  ".jp2": "image/jp2",
  ".jxl": "image/jxl",
  ".pdf": "application/pdf",
  ".mp4": "video/mp4",
  ".m4v": "video/mp4",
  ".mov": "video/quicktime",
  ".webm": "video/webm",
  ".mkv": "video/x-matroska",
  ".avi": "video/x-msvideo",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".wave": "audio/wav",
  ".aac": "audio/aac",
  ".m4a": "audio/mp4",
  ".m4b": "audio/mp4",
  ".flac": "audio/flac",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
};

/**
 * The media type of a file: by its first bytes, else by its extension, else `application/octet-stream`. Bytes win, so
 * a misnamed file is called what it is.
 *
 * @example
 * guessMediaType({ path: "clip.mov" }); // "video/quicktime"
 */
export function guessMediaType({ head = new Uint8Array(), path = "" }: GuessMediaTypeOptions): string {
  return sniffMediaType(head) ?? EXTENSIONS[extname(path).toLowerCase()] ?? UNKNOWN;
}
