/** Changes one to four bytes, mostly to values that sizes and flags take; the same seed gives the same bytes. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const mutated = bytes.slice();
  const random = createRandom(seed);
  const limit = random() < 0.5 ? Math.min(256, bytes.length) : bytes.length;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const value = [0, 1, 0x7f, 0xff, Math.floor(random() * 256)][Math.floor(random() * 5)] ?? 0;
    mutated[Math.floor(random() * limit)] = value;
  }
  return mutated;
}

/** Mulberry32: small, and the same everywhere. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
