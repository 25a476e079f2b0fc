/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * Times of several calls in milliseconds, after some that are not counted.
 *
 * @param {() => unknown} work
 */
export async function times(work, { rounds = 15, warmUps = 5 } = {}) {
  const measured = [];
  for (let round = -warmUps; round < rounds; round++) {
    const start = performance.now();
    await work();
    if (round >= 0) measured.push(performance.now() - start);
  }
  return measured;
}
