import { concatBytes } from "../binary/bytes.js";
import { latin1, uint32be, uint32le } from "../binary/fields.js";
import { LAST_BLOCK, VORBIS_COMMENT } from "./flac-blocks.js";
import { MANIFEST_KEY } from "./vorbis-comments.js";

/** The vendor of a block that was not there before us. */
export const CREATED_VENDOR = latin1("genblaze:created");

/** Our comment behind its length. */
export function buildManifestComment(payload: Uint8Array): Uint8Array {
  return concatBytes([uint32le.write(MANIFEST_KEY.length + payload.length), MANIFEST_KEY, payload]);
}

/** The body of a VORBIS_COMMENT block with this comment alone. */
export function buildCommentBody(comment: Uint8Array): Uint8Array {
  return concatBytes([uint32le.write(CREATED_VENDOR.length), CREATED_VENDOR, uint32le.write(1), comment]);
}

/** A VORBIS_COMMENT block with this body. */
export function buildCommentBlock(body: Uint8Array, isLast: boolean): Uint8Array {
  const header = uint32be.write(body.length);
  header[0] = VORBIS_COMMENT | (isLast ? LAST_BLOCK : 0);
  return concatBytes([header, body]);
}
