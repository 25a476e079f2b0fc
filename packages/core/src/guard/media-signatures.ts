/** How files of one kind begin, and the media types that such a file may call itself. */
interface Signature {
  readonly kind: string;
  readonly mediaTypes: readonly string[];
  readonly isStart: (head: string) => boolean;
}

/** Enough for every signature below. */
const HEAD_BYTES = 16;

const avifBrands = ["avif", "avis"];
const heifBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
const oldQuicktimeBoxes = ["moov", "mdat", "wide", "free", "skip", "pnot"];
const mp4Types = ["video/mp4", "audio/mp4", "audio/m4a", "audio/x-m4a", "video/x-m4v", "video/quicktime", "video/3gpp"];

/** First bytes as the formats' specifications give them; the first row that fits counts. */
const signatures: readonly Signature[] = [
  { kind: "PNG", mediaTypes: ["image/png", "image/apng"], isStart: starts("\x89PNG\r\n\x1a\n") },
  { kind: "JPEG", mediaTypes: ["image/jpeg", "image/jpg"], isStart: starts("\xff\xd8\xff") },
  { kind: "WebP", mediaTypes: ["image/webp"], isStart: isWebp },
  { kind: "GIF", mediaTypes: ["image/gif"], isStart: starts("GIF87a", "GIF89a") },
  { kind: "AVIF", mediaTypes: ["image/avif"], isStart: hasBrand(avifBrands) },
  { kind: "HEIF", mediaTypes: ["image/heif", "image/heic", "image/avif"], isStart: hasBrand(heifBrands) },
  { kind: "MP4", mediaTypes: mp4Types, isStart: startsWithBox(["ftyp"]) },
  { kind: "QuickTime", mediaTypes: ["video/quicktime"], isStart: startsWithBox(oldQuicktimeBoxes) },
  {
    kind: "Matroska",
    mediaTypes: ["video/webm", "audio/webm", "video/x-matroska", "video/matroska"],
    isStart: starts("\x1a\x45\xdf\xa3"),
  },
  { kind: "WAV", mediaTypes: ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"], isStart: isWav },
  { kind: "FLAC", mediaTypes: ["audio/flac", "audio/x-flac"], isStart: starts("fLaC") },
  {
    kind: "Ogg",
    mediaTypes: ["audio/ogg", "video/ogg", "application/ogg", "audio/opus"],
    isStart: starts("OggS"),
  },
  // An ID3 tag may stand before other sound than MP3, too.
  { kind: "ID3", mediaTypes: ["audio/mpeg", "audio/mp3", "audio/aac", "audio/flac"], isStart: starts("ID3") },
  { kind: "MP3", mediaTypes: ["audio/mpeg", "audio/mp3"], isStart: isMpegFrame },
  { kind: "AAC", mediaTypes: ["audio/aac", "audio/x-aac"], isStart: isAdtsFrame },
  { kind: "PDF", mediaTypes: ["application/pdf"], isStart: starts("%PDF-") },
];

const textTypes = /^(?:text\/|application\/json$|image\/svg\+xml$)/;

/**
 * Compares what a file says of itself with its first bytes: `mismatch` says how it begins instead, `unknown` that
 * its media type is none of those whose beginning is known here. Only the beginning is looked at.
 */
export function compareMediaType(
  mediaType: string,
  bytes: Uint8Array,
): { readonly kind: "match" | "unknown" } | { readonly kind: "mismatch"; readonly beginsLike: string } {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  const found = signatures.find(({ isStart }) => isStart(head));
  if (found?.mediaTypes.includes(mediaType) === true) return { kind: "match" };
  if (found !== undefined) return { kind: "mismatch", beginsLike: found.kind };
  if (textTypes.test(mediaType)) return { kind: "match" };
  const isKnown = signatures.some(({ mediaTypes }) => mediaTypes.includes(mediaType));
  return isKnown ? { kind: "mismatch", beginsLike: "something else" } : { kind: "unknown" };
}

function starts(...beginnings: readonly string[]): (head: string) => boolean {
  return (head) => beginnings.some((beginning) => head.startsWith(beginning));
}

/** The type of the first box, after its size (ISO/IEC 14496-12). */
function startsWithBox(types: readonly string[]): (head: string) => boolean {
  return (head) => types.some((type) => head.startsWith(type, 4));
}

/** The main brand of a file type box. */
function hasBrand(brands: readonly string[]): (head: string) => boolean {
  return (head) => head.startsWith("ftyp", 4) && brands.some((brand) => head.startsWith(brand, 8));
}

function isWebp(head: string): boolean {
  return head.startsWith("RIFF") && head.startsWith("WEBP", 8);
}

function isWav(head: string): boolean {
  return ["RIFF", "RF64", "BW64", "RIFX"].includes(head.slice(0, 4)) && head.startsWith("WAVE", 8);
}

/** Synchronisation of an MPEG audio frame whose version, layer and rate are none of the reserved ones (ISO 11172-3). */
function isMpegFrame(head: string): boolean {
  const [first, second, third] = codesOf(head);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  return (second & 0x18) !== 0x08 && (second & 0x06) !== 0 && (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;
}

/** Synchronisation of an ADTS frame, and layer 0 (ISO/IEC 13818-7). */
function isAdtsFrame(head: string): boolean {
  const [first, second] = codesOf(head);
  return first === 0xff && (second & 0xf6) === 0xf0;
}

function codesOf(head: string): readonly [number, number, number] {
  return [head.charCodeAt(0), head.charCodeAt(1), head.charCodeAt(2)];
}
