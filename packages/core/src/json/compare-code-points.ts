const MAY_SORT_DIFFERENTLY = /[\ud800-\udfff]/;

/** Orders texts by code point, as Python does; JavaScript's own order is by UTF-16 unit. */
export function compareCodePoints(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    if (left.charCodeAt(index) !== right.charCodeAt(index)) return compareAt(left, right, index);
  }
  return left.length - right.length;
}

/** Sorts texts in place by code point. */
export function sortByCodePoint(texts: string[]): string[] {
  const isMixed = texts.some((text) => MAY_SORT_DIFFERENTLY.test(text));
  return isMixed ? texts.sort(compareCodePoints) : texts.sort();
}

/** Compares at the first unit that differs, with the unit before: where that begins a pair, the pair is what differs. */
function compareAt(left: string, right: string, index: number): number {
  return pointAt(left, index - 1) - pointAt(right, index - 1) || pointAt(left, index) - pointAt(right, index);
}

function pointAt(text: string, index: number): number {
  return text.codePointAt(index) ?? 0;
}
