/** A pair of places that hold the same in two lists. */
export interface CommonPlace {
  readonly left: number;
  readonly right: number;
}

// The table has a row for each left and a column for each right entry: 4 bytes each.
const MAX_CELLS = 4_000_000;

/**
 * The longest common subsequence of two lists, as pairs of places in rising order. What both begin and end with is found
 * in one pass; where the middles are more than 4 million pairs, nothing of them is common.
 */
export function longestCommon(left: readonly string[], right: readonly string[]): readonly CommonPlace[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const middle = commonMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end));
  return [
    ...Array.from({ length: start }, (_, place) => ({ left: place, right: place })),
    ...middle.map((pair) => ({ left: pair.left + start, right: pair.right + start })),
    ...Array.from({ length: end }, (_, place) => ({
      left: left.length - end + place,
      right: right.length - end + place,
    })),
  ];
}

/** The table says how much is common from a pair of places on; walking along it gives the pairs. */
function commonMiddle(left: readonly string[], right: readonly string[]): readonly CommonPlace[] {
  if (left.length * right.length > MAX_CELLS) return [];
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      const isSame = left[row] === right[column];
      const longest = isSame ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      lengths[row * width + column] = longest;
    }
  }
  const pairs: CommonPlace[] = [];
  let [row, column] = [0, 0];
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) pairs.push({ left: row++, right: column++ });
    else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
