/** Uniform in [0, 1). */
export type Random = () => number;

/** A whole number from 0 to below `limit`; 0 when there is none. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}
