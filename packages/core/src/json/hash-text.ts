import { createSha256 } from "#sha256";
import { GenblazeError } from "../errors/genblaze-error.js";
import { hasLoneSurrogate } from "./canonical-string.js";

// One update per piece: flattening and encoding half a megabyte at once costs more than the hash itself.
const PIECE_CHARACTERS = 65536;
const LAST_SINGLE_UNIT = 0xffff;

/**
 * The lower-case hex SHA-256 of a text's UTF-8 bytes.
 *
 * @throws GenblazeError `HASH_IMPOSSIBLE` for a lone surrogate
 */
export function hashText(text: string): string {
  assertUtf8(text);
  const hash = createSha256();
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start);
    hash.update(text.slice(start, end));
    start = end;
  }
  return hash.digestHex();
}

/**
 * Refuses a text that has no UTF-8 form.
 *
 * @throws GenblazeError `HASH_IMPOSSIBLE`
 */
export function assertUtf8(text: string): void {
  if (!hasLoneSurrogate(text)) return;
  throw new GenblazeError(
    "HASH_IMPOSSIBLE",
    "Expected text with a UTF-8 form, got a lone surrogate (half of a character pair). Remove it from the value.",
  );
}

function pieceEnd(text: string, start: number): number {
  const end = start + PIECE_CHARACTERS;
  // A pair stays together: not between its high and its low half.
  return (text.codePointAt(end - 1) ?? 0) > LAST_SINGLE_UNIT ? end + 1 : end;
}
