import type { ByteSource } from "@genblaze/core";

/** Synchronisation and layer III of an MPEG audio frame (ISO/IEC 11172-3, section 2.4.2.3); AAC in ADTS has layer 0. */
const SYNC_AND_LAYER = 0xe6;
const LAYER_3 = 0xe2;
const VERSION = 0x18;
const RESERVED_VERSION = 0x08;

/** Whether the bytes begin an MPEG audio frame of layer III. */
export function isLayer3(head: Uint8Array): boolean {
  const [sync, second = 0] = head;
  return sync === 0xff && (second & SYNC_AND_LAYER) === LAYER_3 && (second & VERSION) !== RESERVED_VERSION;
}

/** Whether an MPEG audio frame of layer III begins at `offset`. */
export async function hasLayer3Header(source: ByteSource, offset: number): Promise<boolean> {
  return source.sizeBytes - offset >= 2 && isLayer3(await source.read(offset, 2));
}
