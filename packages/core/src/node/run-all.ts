import pLimit from "p-limit";

/**
 * Runs all, so many at a time, and waits for all of them before it throws what one of them threw: none goes on
 * while the node around it has ended.
 */
export async function runAll<T>(calls: readonly (() => Promise<T>)[], concurrency: number | undefined): Promise<T[]> {
  const limit = concurrency === undefined ? undefined : pLimit(concurrency);
  const started = calls.map((call) => (limit === undefined ? call() : limit(call)));
  const ended = await Promise.allSettled(started);
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}
