import { concatBytes } from "../binary/bytes.js";
import { fourCharacters, uint32be } from "../binary/fields.js";

/** Size, type and the identifier of a uuid box (ISO/IEC 14496-12, section 11.1). */
export const UUID_HEADER_BYTES = 24;
/** 6d6f6461-6c66-6c6f-7700-000000000001, the identifier that the Python library gives its manifest box. */
export const MANIFEST_BOX_ID = Uint8Array.from([
  0x6d, 0x6f, 0x64, 0x61, 0x6c, 0x66, 0x6c, 0x6f, 0x77, 0, 0, 0, 0, 0, 0, 1,
]);
/** The same identifier ending in 2: our restore record, directly before the manifest box. */
export const RESTORE_BOX_ID = Uint8Array.from([
  0x6d, 0x6f, 0x64, 0x61, 0x6c, 0x66, 0x6c, 0x6f, 0x77, 0, 0, 0, 0, 0, 0, 2,
]);
/** Says that the size of the box before was 0, up to the end of the file, and had to be written out. */
export const OPEN_BOX_RECORD = Uint8Array.of(1);

/** A uuid box with a 32-bit size. */
export function buildUuidBox(id: Uint8Array, content: Uint8Array): Uint8Array {
  const size = uint32be.write(UUID_HEADER_BYTES + content.length);
  return concatBytes([size, fourCharacters.write("uuid"), id, content]);
}
