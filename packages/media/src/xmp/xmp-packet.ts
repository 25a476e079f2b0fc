import { concatBytes } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import { assertPayloadFits } from "../payload-limit.js";
import { escapeXmlText } from "./xml-text.js";

/** Tags of the element that holds the manifest. Readers search for exactly these bytes. */
export const MANIFEST_OPEN = latin1("<mf:manifest>");
export const MANIFEST_CLOSE = latin1("</mf:manifest>");

/** The Python library writes the byte order mark of XMP as three characters, each encoded anew. */
const WRITTEN_MARK = "\xc3\xaf\xc2\xbb\xc2\xbf";
/** As XMP means it (XMP specification part 1, section 7.3.2). */
const CORRECT_MARK = "\xef\xbb\xbf";

/** Everything before the manifest, as it is written. */
export const PACKET_PREFIX = prefixWith(WRITTEN_MARK);
/** Every beginning by which a packet of ours is recognised. */
export const PACKET_PREFIXES: readonly Uint8Array[] = [PACKET_PREFIX, prefixWith(CORRECT_MARK)];
/** Everything after the manifest and its record. */
export const PACKET_END = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>';

/**
 * A whole XMP packet around a manifest, byte for byte as the Python library writes it; `record` adds what stripping
 * needs to know beyond the structure of the file. MEDIA_TOO_LARGE above the limit that readers apply.
 */
export function buildXmpPacket(payload: Uint8Array, record?: string): Uint8Array {
  const text = escapeXmlText(payload);
  assertPayloadFits(text.length);
  const restore = record === undefined ? "" : `<mf:restore>${record}</mf:restore>`;
  return concatBytes([PACKET_PREFIX, text, MANIFEST_CLOSE, latin1(restore + PACKET_END)]);
}

function prefixWith(mark: string): Uint8Array {
  return latin1(
    `<?xpacket begin="${mark}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"' +
      ' xmlns:mf="https://github.com/backblaze-labs/genblaze/ns/1.0/"><rdf:Description rdf:about=""><mf:manifest>',
  );
}
