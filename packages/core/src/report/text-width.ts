const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303F\uFF00-\uFF60]/u;
const zeroWidth = /[\p{M}\u200C\u200D]/u;

/** How many cells of a fixed-width font a text takes: two for East Asian characters and emoji, none for marks. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** A text in at most so many cells: the middle is cut out, as names differ at their ends. */
export function fitText(text: string, cells: number): string {
  if (textWidth(text) <= cells) return text;
  const characters = [...text];
  const tailCells = Math.floor((cells - 1) / 2);
  const head = take(characters, cells - 1 - tailCells);
  return `${head.join("")}…${take(characters.reverse(), tailCells).reverse().join("")}`;
}

/** A text in exactly so many cells. */
export function padText(text: string, cells: number): string {
  const fitting = fitText(text, cells);
  return fitting + " ".repeat(Math.max(0, cells - textWidth(fitting)));
}

function take(characters: readonly string[], cells: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) => {
    width += characterWidth(character);
    return width > cells;
  });
  return characters.slice(0, end < 0 ? characters.length : end);
}

function characterWidth(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
