import { decodeUtf8 } from "./decode-utf8.js";
import { jsonProblem } from "./json-problem.js";

interface Encoding {
  readonly name: "utf-8" | "utf-16" | "utf-32";
  readonly isLittleEndian: boolean;
  readonly markBytes: number;
}

const UTF_8: Encoding = { name: "utf-8", isLittleEndian: false, markBytes: 0 };
const UNITS_PER_PIECE = 8192;
const MAX_CODE_POINT = 0x10ffff;

/**
 * The text of JSON bytes in UTF-8, UTF-16 or UTF-32, with or without a byte order mark, told apart by the first four bytes
 * as Python's `json.loads(bytes)` does. `parseManifest` reads bytes as UTF-8 only; media files may hold the others.
 *
 * @throws GenblazeError `INVALID_JSON` for bytes that are no text in their encoding
 * @example
 * const manifest = parseManifest(decodeJsonBytes(payload));
 */
export function decodeJsonBytes(bytes: Uint8Array): string {
  const encoding = detectEncoding(bytes);
  const body = bytes.subarray(encoding.markBytes);
  if (encoding.name === "utf-8") return decodeUtf8(body);
  return decodeUnits(body, encoding.name === "utf-16" ? 2 : 4, encoding.isLittleEndian);
}

function detectEncoding(bytes: Uint8Array): Encoding {
  const [first, second, third, fourth] = bytes;
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return wide("utf-32", false, 4);
  if (first === 0xff && second === 0xfe && third === 0 && fourth === 0) return wide("utf-32", true, 4);
  if (first === 0xfe && second === 0xff) return wide("utf-16", false, 2);
  if (first === 0xff && second === 0xfe) return wide("utf-16", true, 2);
  if (first === 0xef && second === 0xbb && third === 0xbf) return { ...UTF_8, markBytes: 3 };
  if (bytes.length >= 4) {
    if (first === 0) return wide(second === 0 ? "utf-32" : "utf-16", false, 0);
    if (second === 0) return wide(third === 0 && fourth === 0 ? "utf-32" : "utf-16", true, 0);
  } else if (bytes.length === 2) {
    if (first === 0) return wide("utf-16", false, 0);
    if (second === 0) return wide("utf-16", true, 0);
  }
  return UTF_8;
}

function wide(name: "utf-16" | "utf-32", isLittleEndian: boolean, markBytes: number): Encoding {
  return { name, isLittleEndian, markBytes };
}

function decodeUnits(bytes: Uint8Array, unitBytes: 2 | 4, isLittleEndian: boolean): string {
  const name = unitBytes === 2 ? "UTF-16" : "UTF-32";
  if (bytes.length % unitBytes !== 0) throw jsonProblem(0, `${name} text`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  let units: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += unitBytes) {
    const unit = unitBytes === 2 ? view.getUint16(offset, isLittleEndian) : view.getUint32(offset, isLittleEndian);
    if (unit > MAX_CODE_POINT) throw jsonProblem(0, `${name} text`);
    units.push(unit);
    if (units.length === UNITS_PER_PIECE) {
      text += String.fromCodePoint(...units);
      units = [];
    }
  }
  return text + String.fromCodePoint(...units);
}
