import { longestCommon } from "./longest-common.js";

/** Words that stand in both texts, or in one of them. */
export interface WordChange {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/**
 * What became of a text, word by word; blanks belong to the word before. The texts of all parts that are not `added`,
 * put together, are the left text; those that are not `removed` the right one.
 */
export function diffWords(left: string, right: string): readonly WordChange[] {
  const [before, after] = [toWords(left), toWords(right)];
  const parts: WordChange[] = [];
  let [row, column] = [0, 0];
  for (const pair of [...longestCommon(before, after), { left: before.length, right: after.length }]) {
    push(parts, "removed", before.slice(row, pair.left));
    push(parts, "added", after.slice(column, pair.right));
    push(parts, "same", before.slice(pair.left, pair.left + 1));
    [row, column] = [pair.left + 1, pair.right + 1];
  }
  return parts;
}

function toWords(text: string): readonly string[] {
  return text.match(/\s+|\S+\s*/g) ?? [];
}

/** One part for words of one kind that follow each other. */
function push(parts: WordChange[], kind: WordChange["kind"], words: readonly string[]): void {
  if (words.length === 0) return;
  const last = parts.at(-1);
  if (last?.kind !== kind) parts.push({ kind, text: words.join("") });
  else parts[parts.length - 1] = { kind, text: last.text + words.join("") };
}
