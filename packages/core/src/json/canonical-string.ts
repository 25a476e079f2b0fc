const NEEDS_NOTHING = /^[ !#-[\]-~]*$/;
const LONE_SURROGATES = /(\p{Surrogate}+)/u;

/** A string value in canonical form: NFC, quoted, escaped as Python's `json.dumps(ensure_ascii=False)`. */
export function canonicalString(text: string): string {
  return NEEDS_NOTHING.test(text) ? `"${text}"` : quote(text.normalize("NFC"));
}

/** A key in canonical form: as a string value, but never normalised. */
export function canonicalKey(key: string): string {
  return NEEDS_NOTHING.test(key) ? `"${key}"` : quote(key);
}

/** True when a text has no UTF-8 form. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

function quote(text: string): string {
  if (!hasLoneSurrogate(text)) return JSON.stringify(text);
  // JSON.stringify would escape lone surrogates; Python keeps them raw. With one group, odd pieces are the matches.
  const pieces = text.split(LONE_SURROGATES);
  return `"${pieces.map((piece, index) => (index % 2 === 1 ? piece : JSON.stringify(piece).slice(1, -1))).join("")}"`;
}
