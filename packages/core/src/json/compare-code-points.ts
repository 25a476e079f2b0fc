const FIRST_LOW_SURROGATE = 0xdc00;
const LAST_SURROGATE = 0xdfff;
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

function compareAt(left: string, right: string, index: number): number {
  const isLeftPair = endsPair(left, index);
  const isRightPair = endsPair(right, index);
  // The units before are equal: where only one side ends a pair, the other has a lone surrogate there, which is less.
  if (isLeftPair !== isRightPair) return isLeftPair ? 1 : -1;
  return (left.codePointAt(index) ?? 0) - (right.codePointAt(index) ?? 0);
}

/** Whether the unit at an index is the second half of a surrogate pair. */
function endsPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= FIRST_LOW_SURROGATE && unit <= LAST_SURROGATE && (text.codePointAt(index - 1) ?? 0) > 0xffff;
}
