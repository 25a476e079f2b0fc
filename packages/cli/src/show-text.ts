/** Control characters and those that turn the direction of a line, and the halves of characters. */
const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text of a file for one line of a terminal: shortened, with everything that could steer it escaped. */
export function showText(text: string, limit = 300): string {
  const kept = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return kept.replace(STEERING, escaped);
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
