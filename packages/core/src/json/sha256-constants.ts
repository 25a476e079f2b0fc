const ROUNDS = 64;
const STATE_WORDS = 8;

/** The words that SHA-256 starts from and adds in its rounds. */
export interface Sha256Constants {
  readonly initialState: Uint32Array;
  readonly roundConstants: Uint32Array;
}

let constants: Sha256Constants | undefined;

/**
 * The constants of FIPS 180-4, 5.3.3 and 4.2.2: the first 32 bits of the fractions of the square and cube roots of the
 * first primes. Scaled to 32 bits, none comes nearer than 0.005 to a whole number, while doubles are right to 0.00001: every
 * engine gives the same words.
 */
export function sha256Constants(): Sha256Constants {
  constants ??= makeConstants();
  return constants;
}

function makeConstants(): Sha256Constants {
  const primes: number[] = [];
  for (let number = 2; primes.length < ROUNDS; number += 1) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  // Storing in 32 bits drops what is above and below them.
  return {
    initialState: Uint32Array.from(primes.slice(0, STATE_WORDS), (prime) => Math.sqrt(prime) * 2 ** 32),
    roundConstants: Uint32Array.from(primes, (prime) => Math.cbrt(prime) * 2 ** 32),
  };
}
