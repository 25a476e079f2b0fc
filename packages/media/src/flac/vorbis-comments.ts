import type { ByteSource, GenblazeError } from "@genblaze/core";
import { latin1, uint32le } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import type { FlacBlock } from "./flac-blocks.js";

/** One comment of ours in a file. */
export interface ManifestComment {
  readonly start: number;
  readonly textStart: number;
  readonly end: number;
}

/** What a VORBIS_COMMENT block holds; the offsets count in the file. */
export interface VorbisComments {
  readonly block: FlacBlock;
  readonly vendor: Uint8Array;
  /** Where the number of comments stands. */
  readonly countStart: number;
  readonly count: number;
  /** Our comments, in order. */
  readonly manifests: readonly ManifestComment[];
  /** Where the last comment ends; a block may be longer. */
  readonly end: number;
}

/** The name of the comment in which the Python library puts its manifest, and the sign behind it. */
export const MANIFEST_KEY = latin1("GENBLAZE_MANIFEST=");
const LOWER_CASE_KEY = latin1("genblaze_manifest=");

/** Reads a block: vendor, number of comments, comments, each behind its length (RFC 9639, section 8.6). */
export async function readVorbisComments(source: ByteSource, block: FlacBlock): Promise<VorbisComments> {
  const bytes = await source.read(block.bodyStart, block.end - block.bodyStart);
  const vendorEnd = endOfText(bytes, 0);
  const count = readUint32(bytes, vendorEnd);
  const manifests: ManifestComment[] = [];
  let position = vendorEnd + uint32le.length;
  // A count beyond the block fails at the first comment that is not there.
  for (let index = 0; index < count; index += 1) {
    const end = endOfText(bytes, position);
    const keyStart = position + uint32le.length;
    if (end - keyStart >= MANIFEST_KEY.length && isManifestKey(bytes, keyStart)) {
      const textStart = block.bodyStart + keyStart + MANIFEST_KEY.length;
      manifests.push({ start: block.bodyStart + position, textStart, end: block.bodyStart + end });
    }
    position = end;
  }
  return {
    block,
    vendor: bytes.subarray(uint32le.length, vendorEnd),
    countStart: block.bodyStart + vendorEnd,
    count,
    manifests,
    end: block.bodyStart + position,
  };
}

/** Names of comments know no case. */
function isManifestKey(bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < MANIFEST_KEY.length; index += 1) {
    const byte = bytes[start + index];
    if (byte !== MANIFEST_KEY[index] && byte !== LOWER_CASE_KEY[index]) return false;
  }
  return true;
}

function endOfText(bytes: Uint8Array, start: number): number {
  const end = start + uint32le.length + readUint32(bytes, start);
  if (end > bytes.length) throw damaged();
  return end;
}

function readUint32(bytes: Uint8Array, start: number): number {
  if (start + uint32le.length > bytes.length) throw damaged();
  return uint32le.read(bytes, start);
}

function damaged(): GenblazeError {
  return malformedMedia("The VORBIS_COMMENT block of this FLAC file is damaged.");
}
