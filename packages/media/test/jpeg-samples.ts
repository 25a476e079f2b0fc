import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { goldenBytes } from "./golden-rows.js";

/** The bytes of a text whose characters are all below 256; fast for a large one. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** One marker segment. */
export function jpegSegment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2;
  return concatBytes([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), body]);
}

/** An APP1 segment with an XMP packet. */
export function xmpSegment(packet: Uint8Array): Uint8Array {
  return jpegSegment(0xe1, concatBytes([bytesOf("http://ns.adobe.com/xap/1.0/\0"), packet]));
}

/** Our packet, written out here: the sources must not be what their own output is compared with. */
export function ownPacket(text: string, record = "", mark = "\xc3\xaf\xc2\xbb\xc2\xbf"): Uint8Array {
  return bytesOf(
    `<?xpacket begin="${mark}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ' +
      'xmlns:mf="https://github.com/backblaze-labs/genblaze/ns/1.0/"><rdf:Description rdf:about=""><mf:manifest>' +
      `${text}</mf:manifest>${record}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
  );
}

/** A packet of another tool; `content` stands among its properties. */
export function foreignPacket(content = "", trailer = '<?xpacket end="w"?>'): Uint8Array {
  return bytesOf(
    '<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""' +
      ' xmlns:mf="https://github.com/backblaze-labs/genblaze/ns/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">' +
      '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A title</rdf:li></rdf:Alt></dc:title>' +
      `${content}</rdf:Description></rdf:RDF></x:xmpmeta>${trailer}`,
  );
}

/** A picture of 96 x 64 that decoders read. */
export const baseline = goldenBytes("orig/jpeg-baseline.jpg");
const withMetadata = goldenBytes("orig/jpeg-exif-icc-dpi-comment.jpg");

/** APP0, 18 bytes from the second on. */
export const jfif = baseline.subarray(2, 20);
/** The APP1 segment with Exif of a golden file. */
export const exif = withMetadata.subarray(20, 92);
/** Its APP2 segment with a colour profile. */
export const icc = withMetadata.subarray(92, 698);

/** The picture with these segments in place of its APP0, and these bytes behind it. */
export function pictureOf(segments: readonly Uint8Array[], tail: Uint8Array = new Uint8Array()): Uint8Array {
  return concatBytes([baseline.subarray(0, 2), ...segments, baseline.subarray(20), tail]);
}

/** A few bytes with the structure of a JPEG file: a table, a frame, a scan with stuffing and a restart, the end. */
export function jpegOf(segments: readonly Uint8Array[], tail: Uint8Array = new Uint8Array()): Uint8Array {
  const scan = Uint8Array.of(0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56);
  const image = [jpegSegment(0xdb, new Uint8Array(3)), jpegSegment(0xc0, new Uint8Array(9)), jpegSegment(0xda, scan)];
  return concatBytes([Uint8Array.of(0xff, 0xd8), ...segments, ...image, scan, Uint8Array.of(0xff, 0xd9), tail]);
}

const exifWithPreview = jpegSegment(0xe1, concatBytes([bytesOf("Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"), baseline]));
const extendedXmp = jpegSegment(
  0xe1,
  bytesOf(`http://ns.adobe.com/xmp/extension/\0${"A".repeat(32)}\0\0\0\x09\0\0\0\0<rdf:RDF/>`),
);
export const imageOffsets = jpegSegment(0xe2, bytesOf("MPF\0II*\0\x08\0\0\0"));
const iccParts = [1, 2].map((part) =>
  jpegSegment(0xe2, concatBytes([bytesOf(`ICC_PROFILE\0${String.fromCharCode(part)}\x02`), new Uint8Array(20)])),
);
const element = "<mf:manifest>{}</mf:manifest>";

/** Files that decoders read. */
export const jpegPictures: readonly MediaSample[] = [
  {
    name: "Exif, foreign XMP, extended XMP and a profile",
    bytes: pictureOf([jfif, exif, xmpSegment(foreignPacket()), extendedXmp, icc]),
  },
  { name: "a profile before foreign XMP", bytes: pictureOf([jfif, icc, xmpSegment(foreignPacket())]) },
  { name: "no APP0", bytes: pictureOf([]) },
  { name: "a preview in Exif", bytes: pictureOf([exifWithPreview]) },
  { name: "fill bytes before markers", bytes: pictureOf([Uint8Array.of(0xff, 0xff), jfif, Uint8Array.of(0xff)]) },
  { name: "a second picture behind", bytes: pictureOf([jfif, imageOffsets], baseline) },
];

/** Files with little more than structure. */
export const jpegSamples: readonly MediaSample[] = [
  { name: "a profile in parts", bytes: jpegOf([jfif, ...iccParts]) },
  { name: "two packets of ours", bytes: jpegOf([xmpSegment(ownPacket("{}")), jfif, xmpSegment(ownPacket("{}"))]) },
  { name: "a packet of ours with a correct mark", bytes: jpegOf([xmpSegment(ownPacket("{}", "", "\xef\xbb\xbf"))]) },
  {
    name: "packets of ours behind the image",
    bytes: jpegOf([jfif], concatBytes([ownPacket("{}"), ownPacket("{}"), bytesOf("tail")])),
  },
  { name: "ours among foreign properties", bytes: jpegOf([jfif, xmpSegment(foreignPacket(element + element))]) },
  { name: "ours in a packet without trailer", bytes: jpegOf([xmpSegment(foreignPacket(element, ""))]) },
  { name: "foreign XMP without trailer", bytes: jpegOf([xmpSegment(foreignPacket("", ""))]) },
  {
    name: "tags inside out",
    bytes: jpegOf([xmpSegment(bytesOf('<x:xmpmeta></mf:manifest><mf:manifest>{}<?xpacket end="w"?>'))]),
  },
  {
    name: "fill bytes before ours",
    bytes: jpegOf([jfif, Uint8Array.of(0xff, 0xff), xmpSegment(ownPacket("{}")), Uint8Array.of(0xff)]),
  },
  { name: "no end marker", bytes: jpegOf([jfif]).subarray(0, -2) },
  {
    name: "foreign XMP behind a picture with offsets",
    bytes: jpegOf([jfif, imageOffsets, xmpSegment(foreignPacket())], baseline.subarray(0, 40)),
  },
];
