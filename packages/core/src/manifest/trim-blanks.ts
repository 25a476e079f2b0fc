const BLANK = /^\p{White_Space}$/u;

/** A text without surrounding blanks by Unicode's own list, which differs from that of `trim` in U+0085 and U+FEFF. */
export function trimBlanks(text: string): string {
  // A regular expression for the end would try at every blank of a long text.
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text.charAt(start))) start += 1;
  while (end > start && BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
