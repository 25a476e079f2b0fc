import { fourCharacters, uint32be } from "../binary/fields.js";
import { isMp4 } from "../mp4/mp4-boxes.js";

/** Brands of file type boxes (mp4ra.org) whose files are more than video/mp4. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ...typed("audio/mp4", "M4A ", "M4B ", "M4P "),
  ...typed("video/quicktime", "qt  "),
  ...typed("image/avif", "avif", "avis"),
  ...typed("image/heic", "heic", "heix", "heim", "heis", "hevc", "hevx"),
]);
/** Says that the file is a picture of the HEIF family; which one, the compatible brands say. */
const HEIF_BRANDS: ReadonlySet<string> = new Set(["mif1", "msf1"]);
/** After size and type of the box; the compatible brands come after brand and version. */
const BRAND_OFFSET = 8;
const COMPATIBLE_OFFSET = 16;

/** The media type of a file that begins with a file type box. */
export function readFtypMediaType(head: Uint8Array): string | undefined {
  if (!isMp4(head)) return undefined;
  if (head.length < BRAND_OFFSET + fourCharacters.length) return "video/mp4";
  const brand = fourCharacters.read(head, BRAND_OFFSET);
  if (!HEIF_BRANDS.has(brand)) return BRANDS.get(brand) ?? "video/mp4";
  const known = compatibleBrands(head).map((each) => BRANDS.get(each));
  return known.find((mediaType) => mediaType?.startsWith("image/")) ?? "image/heif";
}

function compatibleBrands(head: Uint8Array): readonly string[] {
  const end = Math.min(head.length, uint32be.read(head, 0));
  const brands: string[] = [];
  for (let offset = COMPATIBLE_OFFSET; offset + fourCharacters.length <= end; offset += fourCharacters.length) {
    brands.push(fourCharacters.read(head, offset));
  }
  return brands;
}

function typed(mediaType: string, ...brands: readonly string[]): readonly (readonly [string, string])[] {
  return brands.map((brand) => [brand, mediaType]);
}
