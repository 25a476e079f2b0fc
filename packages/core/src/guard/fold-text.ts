/**
 * More marks than any script puts on one letter (the limit of the Stream-Safe Text Format, UAX 15). A longer row is
 * cut: sorting it while normalising takes time with the square of its length.
 */
const LONG_ROW_OF_MARKS = /(\p{M}{30})\p{M}+/gu;
/** What nobody sees: soft hyphens, joiners, zero-width blanks, direction marks. Hidden in a word, it is still that word. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const BLANKS = /\s+/gu;
const FINAL_SIGMA = /ς/g;

/**
 * A text as words are compared: compatibility forms (full width, ligatures) become plain, letters small, blanks one
 * blank, and what cannot be seen is gone. Takes time that grows with the length of the text.
 */
export function foldText(text: string): string {
  const safe = text.toWellFormed().replace(INVISIBLE, "").replace(LONG_ROW_OF_MARKS, "$1");
  const small = safe.normalize("NFKC").toLowerCase().replace(FINAL_SIGMA, "σ");
  // A small letter may be several characters that belong together again.
  return small.normalize("NFC").replace(BLANKS, " ").trim();
}
