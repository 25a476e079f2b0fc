import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { assertRate } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingStrategy } from "./pricing-context.js";
import { outputSeconds, requestedSeconds } from "./seconds.js";

/** One price for lengths from `fromSeconds` up to, but not including, `belowSeconds`. */
export interface DurationBucket {
  /** Seconds. @default 0 */
  readonly fromSeconds?: number;
  /** Seconds. @default no end */
  readonly belowSeconds?: number;
  /** Dollars for the whole request. */
  readonly usd: number;
}

/**
 * One price for a span of lengths. The length is that of all assets together, or, when none has one, what
 * `params.durationSeconds` (`duration_seconds`, `duration`) asked for. Unknown without a length or a fitting bucket.
 * INVALID_OPTION for a bad rate, an empty bucket, or buckets that overlap.
 *
 * @example
 * const effects = bucketedByDuration([
 *   { belowSeconds: 5, usd: 0.2 },
 *   { fromSeconds: 5, belowSeconds: 30, usd: 0.5 },
 * ]);
 */
export function bucketedByDuration(buckets: readonly DurationBucket[]): PricingStrategy {
  const spans = readBuckets(buckets);
  return (context) => {
    const seconds = outputSeconds(context) ?? requestedSeconds(context.params);
    if (seconds === undefined) return unknownCost("no asset has a duration, and the parameters ask for none");
    const span = spans.find(({ from, below }) => from <= seconds && seconds < below);
    if (span === undefined) return unknownCost(`no price is given for a length of ${seconds} seconds`);
    return toCost(span.usd, "request", 1);
  };
}

function readBuckets(buckets: readonly DurationBucket[]) {
  const spans = buckets.map(readBucket).sort((left, right) => left.from - right.from);
  if (spans.length === 0) throw invalid("at least one bucket is expected; an empty list was given");
  for (const [index, { from }] of spans.entries()) {
    const before = spans[index - 1];
    if (before !== undefined && before.below > from) throw invalid(`two buckets hold ${from} seconds; leave one`);
  }
  return spans;
}

function readBucket(bucket: DurationBucket) {
  assertKnownOptions(bucket, ["fromSeconds", "belowSeconds", "usd"], "bucketedByDuration()");
  const { fromSeconds: from = 0, belowSeconds: below = Number.POSITIVE_INFINITY, usd } = bucket;
  assertRate(usd, "bucketedByDuration(): usd");
  if (!(from >= 0 && from < below)) {
    throw invalid(`0 <= fromSeconds < belowSeconds is expected; ${from} and ${below} were given`);
  }
  return { from, below, usd };
}

function invalid(what: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `bucketedByDuration(): ${what}.`);
}
