import { crc32 } from "node:zlib";
import type { ByteSource, GenblazeError } from "@genblaze/core";
import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { fourCharacters, latin1, uint32be } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { assertPayloadFits, assertPayloadReadable } from "../payload-limit.js";
import type { PngChunk } from "./png-chunks.js";

/** Keyword and its terminator, as the Python library writes them. */
const KEYWORD = latin1("genblaze:manifest\0");
/** PNG 3, section 11.3.3.4: compression flag, compression method, empty language, empty translated keyword. */
const PLAIN_TEXT_FIELDS = latin1("\0\0\0\0");

/** Whether a chunk is an iTXt chunk with our keyword. */
export async function isManifestChunk(source: ByteSource, chunk: PngChunk): Promise<boolean> {
  if (chunk.type !== "iTXt" || chunk.bodyLength < KEYWORD.length) return false;
  return hasBytesAt(await source.read(chunk.bodyStart, KEYWORD.length), 0, KEYWORD);
}

/** The text of our chunk. The CRC is not checked, as in the Python library: the manifest carries its own hash. */
export async function readManifestChunk(source: ByteSource, chunk: PngChunk): Promise<Uint8Array> {
  assertPayloadReadable(chunk.bodyLength, "PNG");
  const body = await source.read(chunk.bodyStart, chunk.bodyLength);
  if (body[KEYWORD.length] !== 0) throw malformed("its text is compressed or missing");
  const languageEnd = body.indexOf(0, KEYWORD.length + 2);
  const translatedEnd = languageEnd < 0 ? -1 : body.indexOf(0, languageEnd + 1);
  if (translatedEnd < 0) throw malformed("it ends before its text");
  return body.subarray(translatedEnd + 1);
}

/** Our chunk, whole. */
export function buildManifestChunk(payload: Uint8Array): Uint8Array {
  const bodyLength = KEYWORD.length + PLAIN_TEXT_FIELDS.length + payload.length;
  assertPayloadFits(bodyLength);
  const checked = concatBytes([fourCharacters.write("iTXt"), KEYWORD, PLAIN_TEXT_FIELDS, payload]);
  return concatBytes([uint32be.write(bodyLength), checked, uint32be.write(crc32(checked))]);
}

function malformed(reason: string): GenblazeError {
  return malformedMedia(`The manifest chunk of this PNG file cannot be read: ${reason}.`);
}
