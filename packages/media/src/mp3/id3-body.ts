import { type ByteSource, GenblazeError } from "@genblaze/core";
import { createMemorySource } from "../binary/memory-source.js";
import { ID3_HEADER_BYTES, type Id3Header } from "./id3-header.js";
import { undoUnsynchronisation, unsynchronisedOffsets } from "./unsynchronisation.js";

/** What a tag holds between header and footer. */
export interface Id3Body {
  /** The bytes from which frames are read, without unsynchronisation of the whole tag. */
  readonly content: ByteSource;
  readonly isDecoded: boolean;
  /** Where bytes of `content`, in ascending order, stand in the file. */
  toFileOffsets(offsets: readonly number[]): readonly number[];
}

/**
 * Most bytes of a tag whose unsynchronisation is undone in memory: twice the largest manifest, which UTF-16 may need,
 * and some pictures.
 */
const MAX_DECODED_BYTES = 40 * 1024 * 1024;

/**
 * Up to ID3v2.3 unsynchronisation covers the whole tag, and frame sizes count the bytes without it, as the Python
 * library reads them. In ID3v2.4 it covers the data of single frames (ID3v2.4 structure, sections 3.1 and 4.1.2).
 */
export async function readId3Body(source: ByteSource, header: Id3Header): Promise<Id3Body> {
  if (header.major !== 4 && header.isUnsynchronised) {
    assertDecodable(header.bodyBytes);
    const bytes = await source.read(ID3_HEADER_BYTES, header.bodyBytes);
    const decoded = undoUnsynchronisation(bytes);
    if (decoded !== undefined) return decodedBody(bytes, decoded);
  }
  return {
    content: { sizeBytes: header.bodyBytes, read: (offset, length) => source.read(ID3_HEADER_BYTES + offset, length) },
    isDecoded: false,
    toFileOffsets: (offsets) => offsets.map((offset) => ID3_HEADER_BYTES + offset),
  };
}

function assertDecodable(sizeBytes: number): void {
  if (sizeBytes <= MAX_DECODED_BYTES) return;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `The unsynchronised ID3 tag takes ${sizeBytes} bytes, the limit is ${MAX_DECODED_BYTES}. Put the manifest into a sidecar.`,
    { details: { sizeBytes, limitBytes: MAX_DECODED_BYTES } },
  );
}

function decodedBody(bytes: Uint8Array, decoded: Uint8Array): Id3Body {
  return {
    content: createMemorySource(decoded),
    isDecoded: true,
    toFileOffsets: (offsets) => unsynchronisedOffsets(bytes, offsets).map((offset) => ID3_HEADER_BYTES + offset),
  };
}
