import type { Sha256 } from "./sha256.js";

const BLOCK_BYTES = 64;
const LENGTH_OFFSET = 56;
const PAD_BYTE = 0x80;

// FIPS 180-4, 4.2.2 and 5.3.3: fractional parts of the cube and square roots of the first primes.
const ROUND_CONSTANTS = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;

/** SHA-256 in plain JavaScript (FIPS 180-4); `#sha256` where there is no `node:crypto`. */
export function createSha256(): Sha256 {
  const state = new Uint32Array(INITIAL_STATE);
  const block = new Uint8Array(BLOCK_BYTES);
  const schedule = new Uint32Array(BLOCK_BYTES);
  const encoder = new TextEncoder();
  let filledBytes = 0;
  let totalBytes = 0;

  function update(piece: string | Uint8Array): void {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    totalBytes += bytes.length;
    for (let offset = 0; offset < bytes.length; ) {
      const part = bytes.subarray(offset, offset + BLOCK_BYTES - filledBytes);
      block.set(part, filledBytes);
      offset += part.length;
      filledBytes += part.length;
      if (filledBytes === BLOCK_BYTES) {
        compress(state, schedule, block);
        filledBytes = 0;
      }
    }
  }

  function digestHex(): string {
    const totalBits = BigInt(totalBytes) * 8n;
    const padBytes = ((LENGTH_OFFSET - 1 - filledBytes + BLOCK_BYTES) % BLOCK_BYTES) + 1;
    const tail = new Uint8Array(padBytes + 8);
    tail[0] = PAD_BYTE;
    new DataView(tail.buffer).setBigUint64(padBytes, totalBits);
    update(tail);
    return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  return { update, digestHex };
}

// FIPS 180-4, 6.2.2. The `?? 0` never applies: all indexes are inside the arrays.
function compress(state: Uint32Array, schedule: Uint32Array, block: Uint8Array): void {
  fillSchedule(schedule, block);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (ROUND_CONSTANTS[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  const words = [a, b, c, d, e, f, g, h];
  words.forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

function fillSchedule(schedule: Uint32Array, block: Uint8Array): void {
  for (let index = 0; index < 16; index += 1) {
    const at = index * 4;
    schedule[index] =
      ((block[at] ?? 0) << 24) | ((block[at + 1] ?? 0) << 16) | ((block[at + 2] ?? 0) << 8) | (block[at + 3] ?? 0);
  }
  for (let index = 16; index < 64; index += 1) {
    const early = schedule[index - 15] ?? 0;
    const late = schedule[index - 2] ?? 0;
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[index] = (schedule[index - 16] ?? 0) + sigma0 + (schedule[index - 7] ?? 0) + sigma1;
  }
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
