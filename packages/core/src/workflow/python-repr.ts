const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);
/** Unassigned, control, format, private and separator characters, but the space: what `str.isprintable` says no to. */
const NOT_PRINTABLE = /^[\p{C}\p{Z}]$/u;

/** Python's `repr` of a text, or its `ascii`, which escapes all that is not ASCII. */
export function reprOfText(text: string, isAscii: boolean): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inside = "";
  for (const character of text) inside += character === quote ? `\\${quote}` : escaped(character, isAscii);
  return quote + inside + quote;
}

function escaped(character: string, isAscii: boolean): string {
  const known = ESCAPES.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  if (!isAscii && code > 0x7f && !NOT_PRINTABLE.test(character)) return character;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
