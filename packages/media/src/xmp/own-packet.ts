import { MAX_MANIFEST_BYTES } from "@genblaze/core/manifest";
import { hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import type { SearchableSource } from "./searchable-source.js";
import { PACKET_END, PACKET_PREFIX, PACKET_PREFIXES } from "./xmp-packet.js";

/** A packet that holds our manifest and nothing else. */
export interface OwnPacket {
  readonly start: number;
  readonly end: number;
  /** The restore record, when there is one. */
  readonly record: string | undefined;
}

const MARKUP_START = latin1("<");
/** The closing tag, the record, and the end of the packet, whose only special characters are question marks. */
const AFTER_TEXT = new RegExp(
  `^</mf:manifest>(?:<mf:restore>([0-9a-f]{1,32})</mf:restore>)?${PACKET_END.replaceAll("?", "\\?")}`,
);
/** More than the longest match. */
const MAX_AFTER_TEXT_BYTES = 160;

/**
 * The packet of ours, or of the Python library, that begins at `start` and ends at or before `limit`. A packet into
 * which another tool put properties of its own, or which it wrote anew, is not ours as a whole.
 */
export async function readOwnPacket(
  source: SearchableSource,
  start: number,
  limit: number,
): Promise<OwnPacket | undefined> {
  const head = await source.read(start, Math.min(PACKET_PREFIX.length, limit - start));
  const prefix = PACKET_PREFIXES.find((bytes) => hasBytesAt(head, 0, bytes));
  if (prefix === undefined) return undefined;
  const textStart = start + prefix.length;
  const textEnd = await source.find(MARKUP_START, textStart, Math.min(limit, textStart + MAX_MANIFEST_BYTES + 1));
  if (textEnd < 0) return undefined;
  const after = await source.read(textEnd, Math.min(MAX_AFTER_TEXT_BYTES, limit - textEnd));
  const match = AFTER_TEXT.exec(String.fromCharCode(...after));
  return match === null ? undefined : { start, end: textEnd + match[0].length, record: match[1] };
}
