/** A word to look for: as it is shown, and as it is compared. */
export interface SoughtWord {
  readonly shown: string;
  readonly folded: string;
}

/** One state of the search: what can follow, where to go on when it does not, and the words that end here. */
interface SearchNode {
  readonly next: Map<number, SearchNode>;
  fallback: SearchNode | undefined;
  /** The word that ends here. */
  word: SoughtWord | undefined;
  /** The nearest state on the way of fallbacks at which a word ends. */
  shorter: SearchNode | undefined;
}

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_]/u;
/** Scripts that put no blanks between words: there a word may begin and end anywhere. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Makes a search for many words at once (Aho and Corasick, 1975): one way through the text, however many words there
 * are and whatever they look like. It gives the first word found; whole words only, unless `matchWithin`.
 */
export function createWordSearch(
  words: readonly SoughtWord[],
  matchWithin: boolean,
): (folded: string) => SoughtWord | undefined {
  const root = createTree(words);
  linkFallbacks(root);
  return (folded) => {
    let node = root;
    for (let index = 0; index < folded.length; index += 1) {
      node = follow(root, node, folded.charCodeAt(index));
      const found = wordEndingAt(node, folded, index + 1, matchWithin);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function createTree(words: readonly SoughtWord[]): SearchNode {
  const root = createNode();
  for (const word of words) {
    let node = root;
    for (let index = 0; index < word.folded.length; index += 1) {
      const code = word.folded.charCodeAt(index);
      const next = node.next.get(code) ?? createNode();
      node.next.set(code, next);
      node = next;
    }
    node.word ??= word;
  }
  return root;
}

function createNode(): SearchNode {
  return { next: new Map(), fallback: undefined, word: undefined, shorter: undefined };
}

/** Level by level, since a fallback is always nearer to the root. */
function linkFallbacks(root: SearchNode): void {
  const waiting: SearchNode[] = [root];
  for (const node of waiting) {
    for (const [code, child] of node.next) {
      child.fallback = node.fallback === undefined ? root : follow(root, node.fallback, code);
      child.shorter = child.fallback.word === undefined ? child.fallback.shorter : child.fallback;
      waiting.push(child);
    }
  }
}

function follow(root: SearchNode, from: SearchNode, code: number): SearchNode {
  for (let node: SearchNode | undefined = from; node !== undefined; node = node.fallback) {
    const next = node.next.get(code);
    if (next !== undefined) return next;
  }
  return root;
}

function wordEndingAt(state: SearchNode, text: string, end: number, matchWithin: boolean): SoughtWord | undefined {
  for (let node: SearchNode | undefined = state; node !== undefined; node = node.shorter) {
    const { word } = node;
    if (word === undefined) continue;
    if (matchWithin || (isBoundary(text, end - word.folded.length) && isBoundary(text, end))) return word;
  }
  return undefined;
}

/** Whether a word may begin or end here: not both neighbours belong to one. */
function isBoundary(text: string, index: number): boolean {
  return !isInWord(characterBefore(text, index)) || !isInWord(characterAt(text, index));
}

function isInWord(character: string): boolean {
  return WORD_CHARACTER.test(character) && !UNSPACED.test(character);
}

function characterAt(text: string, index: number): string {
  const point = text.codePointAt(index);
  return point === undefined ? "" : String.fromCodePoint(point);
}

function characterBefore(text: string, index: number): string {
  const isPair = index >= 2 && (text.codePointAt(index - 2) ?? 0) > 0xffff;
  return text.slice(Math.max(0, index - (isPair ? 2 : 1)), index);
}
