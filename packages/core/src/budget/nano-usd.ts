const NANO = 1e9;
/** More than anybody spends; keeps amounts out of the reach of infinity. */
const MOST_USD = 1e12;

/**
 * Dollars as a whole number of billionths, to the nearest: sums of them do not drift, and equal prices stay equal
 * whatever they were multiplied from. At most a million million dollars.
 */
export function toNanoUsd(usd: number): bigint {
  return BigInt(Math.round(Math.min(usd, MOST_USD) * NANO));
}

export function fromNanoUsd(nanoUsd: bigint): number {
  return Number(nanoUsd) / NANO;
}
