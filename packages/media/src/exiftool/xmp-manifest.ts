import { GenblazeError } from "@genblaze/core";
import { concatBytes } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import { createMemorySource } from "../binary/memory-source.js";
import { type Edit, piecesFromEdits, renderPieces } from "../binary/pieces.js";
import { assertPayloadFits } from "../payload-limit.js";
import { blankElements } from "../xmp/blank-elements.js";
import { extractXmpManifest } from "../xmp/find-xmp-manifest.js";
import { readOwnPacket } from "../xmp/own-packet.js";
import { createSearchableSource } from "../xmp/searchable-source.js";
import { escapeXmlText } from "../xmp/xml-text.js";
import { buildXmpPacket, MANIFEST_CLOSE, MANIFEST_OPEN } from "../xmp/xmp-packet.js";

/** Our description in a packet of others: it names its namespaces itself, as theirs may have other prefixes. */
const OPEN = concatBytes([
  latin1(
    '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"' +
      ' xmlns:mf="https://github.com/backblaze-labs/genblaze/ns/1.0/" rdf:about="">',
  ),
  MANIFEST_OPEN,
]);
const CLOSE = concatBytes([MANIFEST_CLOSE, latin1("</rdf:Description>")]);
const LIST_END = "</rdf:RDF>";

/** The manifest in a packet, or undefined. */
export async function manifestInPacket(packet: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  return packet && extractXmpManifest(createMemorySource(packet), "media");
}

/**
 * A packet without a manifest with one in it, the rest untouched; a new packet when there is none. MEDIA_UNSUPPORTED
 * for a packet in which it would not be found, such as one in UTF-16.
 */
export async function addManifest(packet: Uint8Array | undefined, payload: Uint8Array): Promise<Uint8Array> {
  const added = packet === undefined ? buildXmpPacket(payload) : insert(packet, payload);
  const found = added && (await manifestInPacket(added));
  if (added !== undefined && found !== undefined && Buffer.compare(found, payload) === 0) return added;
  const message = "The XMP of this file cannot take up a manifest. Put it into a sidecar.";
  throw new GenblazeError("MEDIA_UNSUPPORTED", message);
}

/** A packet without anything of ours; undefined when nothing is left of it. */
export async function removeManifest(packet: Uint8Array): Promise<Uint8Array | undefined> {
  const source = createSearchableSource(createMemorySource(packet));
  const own = await readOwnPacket(source, 0, packet.length);
  if (own?.end === packet.length) return undefined;
  const rest = cutDescriptions(packet);
  // What is left was written anew by another tool.
  const searchable = createSearchableSource(createMemorySource(rest));
  const edits: Edit[] = [];
  for await (const edit of blankElements(searchable, 0, rest.length)) edits.push(edit);
  return renderPieces(rest, piecesFromEdits(rest.length, edits));
}

function insert(packet: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
  const end = toBuffer(packet).lastIndexOf(LIST_END);
  if (end < 0) return undefined;
  const text = escapeXmlText(payload);
  assertPayloadFits(text.length);
  return concatBytes([packet.subarray(0, end), OPEN, text, CLOSE, packet.subarray(end)]);
}

function cutDescriptions(packet: Uint8Array): Uint8Array {
  const bytes = toBuffer(packet);
  const edits: Edit[] = [];
  for (let start = bytes.indexOf(OPEN); start >= 0; ) {
    // The text has no markup, so a description that another tool changed ends elsewhere and is not ours.
    const textEnd = bytes.indexOf("<", start + OPEN.length);
    const isOurs = textEnd >= 0 && bytes.subarray(textEnd, textEnd + CLOSE.length).equals(CLOSE);
    const end = isOurs ? textEnd + CLOSE.length : start + OPEN.length;
    if (isOurs) edits.push({ start, end });
    start = bytes.indexOf(OPEN, end);
  }
  return renderPieces(packet, piecesFromEdits(packet.length, edits));
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
