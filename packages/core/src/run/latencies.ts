/** How long targets took lately, so that one that takes much longer is known to be slow. */
export interface Latencies {
  /** A target gave an output after so many milliseconds. */
  observe(account: string, model: string, ms: number): void;
  /** The time in which 19 of 20 outputs came lately; undefined until 20 were seen. */
  slowest(account: string, model: string): number | undefined;
}

const fewest = 20;
const mostSamples = 200;
const mostTargets = 1_000;
const slowPart = 0.95;

/** Remembers the last 200 outputs of up to 1,000 targets; the target that was seen longest ago is forgotten first. */
export function createLatencies(): Latencies {
  const samples = new Map<string, number[]>();
  return {
    observe(account, model, ms) {
      const key = `${account}/${model}`;
      const before = samples.get(key) ?? [];
      samples.delete(key);
      samples.set(key, [...before.slice(1 - mostSamples), ms]);
      const [oldest] = samples.keys();
      if (samples.size > mostTargets && oldest !== undefined) samples.delete(oldest);
    },
    slowest(account, model) {
      const seen = samples.get(`${account}/${model}`) ?? [];
      if (seen.length < fewest) return undefined;
      // The nearest rank: the smallest of them that is at least as long as 95 % of all.
      return seen.toSorted((left, right) => left - right)[Math.ceil(seen.length * slowPart) - 1];
    },
  };
}
