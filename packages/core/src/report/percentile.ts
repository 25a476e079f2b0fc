/**
 * The nearest-rank percentile of values in rising order: the smallest of them that at least `percent` of 100 do not
 * exceed, at rank `ceil(percent / 100 * count)`. So it is always a value that was measured. Null without values.
 */
export function percentile(sorted: readonly number[], percent: number): number | null {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? null;
}
