/** No name or reason is shown longer than this; bounds what a hostile one costs. */
const longestShown = 1_000;

const lineBreaks = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
/** Controls, direction marks, halves of characters and what is no character; not the joiners that scripts and emoji need. */
const steering = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\uFFFE\uFFFF]/gu;

/** A text from outside as one line that cannot steer a terminal or the direction of the text around it. */
export function cleanText(text: string): string {
  const half = longestShown / 2;
  const short = text.length > longestShown ? `${text.slice(0, half)}…${text.slice(-half)}` : text;
  return short.replace(lineBreaks, " ").replace(steering, "\uFFFD");
}
