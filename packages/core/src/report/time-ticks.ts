const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Steps that read well on an axis, in milliseconds; longer ones are 1, 2 and 5 times powers of ten hours. */
const niceSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * hour),
];

/** Points of a time axis from 0 to at most `elapsedMs`, evenly spaced and at most `most` after the 0. */
export function timeTicks(elapsedMs: number, most: number): readonly number[] {
  const least = elapsedMs / most;
  const stepMs = niceSteps.find((step) => step >= least) ?? hour * niceHours(least / hour);
  const count = Math.floor(elapsedMs / stepMs);
  return Array.from({ length: count + 1 }, (_, index) => index * stepMs);
}

function niceHours(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}
