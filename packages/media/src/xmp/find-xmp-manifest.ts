import type { ByteSource } from "@genblaze/core";
import { latin1 } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { assertPayloadReadable } from "../payload-limit.js";
import { createSearchableSource, type SearchableSource } from "./searchable-source.js";
import { unescapeXmlText } from "./xml-text.js";
import { MANIFEST_CLOSE, MANIFEST_OPEN } from "./xmp-packet.js";

/** Where the escaped text of a manifest stands in a file. */
export interface ManifestText {
  readonly start: number;
  readonly end: number;
}

const PACKET_START = latin1("<x:xmpmeta");
const TRAILER_START = latin1("<?xpacket end");
const TRAILER_END = latin1("?>");
/** A real file has a handful; one with more is made to keep us busy. */
const MAX_PACKETS = 100_000;

/** The manifest in the first XMP packet that has one, or undefined. */
export async function extractXmpManifest(source: ByteSource, container: string): Promise<Uint8Array | undefined> {
  const searchable = createSearchableSource(source);
  const text = await findXmpManifest(searchable);
  if (text === undefined) return undefined;
  assertPayloadReadable(text.end - text.start, container);
  return unescapeXmlText(await searchable.read(text.start, text.end - text.start));
}

/**
 * The rule of the Python library: it knows no structure of the container, a packet is what lies between these byte
 * sequences anywhere in the file, and the first packet with a whole element counts.
 */
export async function findXmpManifest(source: SearchableSource): Promise<ManifestText | undefined> {
  let position = 0;
  for (let count = 0; count < MAX_PACKETS; count += 1) {
    const start = await source.find(PACKET_START, position, source.sizeBytes);
    const end = start < 0 ? undefined : await findPacketEnd(source, start);
    if (end === undefined) return undefined;
    const text = await findText(source, start, end);
    if (text !== undefined) return text;
    position = end;
  }
  throw malformedMedia(`This file has more than ${MAX_PACKETS} XMP packets.`);
}

async function findPacketEnd(source: SearchableSource, start: number): Promise<number | undefined> {
  const trailer = await source.find(TRAILER_START, start, source.sizeBytes);
  const end = trailer < 0 ? -1 : await source.find(TRAILER_END, trailer, source.sizeBytes);
  return end < 0 ? undefined : end + TRAILER_END.length;
}

/** Between the first opening and the first closing tag; an element that is empty or inside out counts for none. */
async function findText(source: SearchableSource, from: number, to: number): Promise<ManifestText | undefined> {
  const open = await source.find(MANIFEST_OPEN, from, to);
  if (open < 0) return undefined;
  const start = open + MANIFEST_OPEN.length;
  const end = await source.find(MANIFEST_CLOSE, from, to);
  return end > start ? { start, end } : undefined;
}
