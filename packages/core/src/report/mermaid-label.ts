import { cleanText } from "./clean-text.js";
import { fitText } from "./text-width.js";

const longestLabel = 60;

/** What Mermaid and the Markdown within its labels read as themselves: letters and digits of any script, and blanks. */
const plain = /^[\p{L}\p{M}\p{N} ]$/u;

/**
 * A text from outside as a quoted Mermaid label. Everything that could be syntax to Mermaid, Markdown or HTML becomes
 * a numbered entity (`#91;` for `[`), so that no name can end the label or change the drawing. Cut at 60 characters.
 * Source: "Entity codes to escape characters" in Mermaid's documentation of flowcharts.
 */
export function mermaidLabel(text: string): string {
  return `"${mermaidText(text)}"`;
}

/** The same without quotes, for a label of several lines. */
export function mermaidText(text: string): string {
  const characters = [...fitText(cleanText(text).replace(/ +/g, " ").trim(), longestLabel)];
  const escaped = characters.map((character, index) => {
    if (plain.test(character) || isInnerDash(characters, index)) return character;
    const entity = `#${character.codePointAt(0)};`;
    return isIconColon(characters, index) ? entity + zeroWidthSpace : entity;
  });
  // A label without anything is no label to Mermaid.
  return escaped.join("") || "#160;";
}

const zeroWidthSpace = "#8203;";

/** Mermaid draws `fa:fa-car` as an icon, entities or not, unless something stands between. */
function isIconColon(characters: readonly string[], index: number): boolean {
  return characters[index] === ":" && characters.slice(index + 1, index + 4).join("") === "fa-";
}

/** Between two letters a dash, a slash or an underscore means nothing, and names are full of them. */
function isInnerDash(characters: readonly string[], index: number): boolean {
  const isLetter = (character: string | undefined) => character !== undefined && /^[\p{L}\p{N}]$/u.test(character);
  return /^[-_/]$/.test(characters[index] ?? "") && isLetter(characters[index - 1]) && isLetter(characters[index + 1]);
}
