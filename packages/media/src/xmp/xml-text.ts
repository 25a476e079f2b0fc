const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const REFERENCE = /&(?:#([0-9]+)|#[xX]([0-9a-fA-F]+)|(amp|lt|gt|quot|apos));/g;
const MAX_CODE_POINT = 0x10_ffff;
/** What stands for a number that is no character. */
const REPLACEMENT_CHARACTER = "\ufffd";

/** UTF-8 text as the content of an XML element: the Python library escapes these three characters and no other. */
export function escapeXmlText(text: Uint8Array): Uint8Array {
  return latin1Bytes(latin1Text(text).replace(/[&<>]/g, (character) => ESCAPES[character] ?? character));
}

/**
 * The text of an XML element. Known are the references that XML has: five names and numbers. The Python library
 * also reads the names that only HTML has, and references without a semicolon; no writer of XMP makes those.
 */
export function unescapeXmlText(content: Uint8Array): Uint8Array {
  const text = latin1Text(content).replace(REFERENCE, (_, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? "";
    return utf8AsLatin1(decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number.parseInt(decimal, 10));
  });
  return latin1Bytes(text);
}

function utf8AsLatin1(codePoint: number): string {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  const isCharacter = codePoint > 0 && codePoint <= MAX_CODE_POINT && !isSurrogate;
  return Buffer.from(isCharacter ? String.fromCodePoint(codePoint) : REPLACEMENT_CHARACTER, "utf8").toString("latin1");
}

// One character per byte: what is not ASCII passes through untouched, whatever its encoding.
function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function latin1Bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
