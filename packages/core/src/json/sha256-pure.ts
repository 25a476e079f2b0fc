import type { Sha256 } from "./sha256.js";
import { sha256Constants } from "./sha256-constants.js";

const BLOCK_BYTES = 64;
const LENGTH_OFFSET = 56;
const PAD_BYTE = 0x80;

/** SHA-256 in plain JavaScript (FIPS 180-4); `#sha256` where there is no `node:crypto`. */
export function createSha256(): Sha256 {
  const { initialState, roundConstants } = sha256Constants();
  const state = initialState.slice();
  const schedule = new Uint32Array(roundConstants.length);
  const block = new Uint8Array(BLOCK_BYTES);
  const blockView = new DataView(block.buffer);
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
      if (filledBytes === BLOCK_BYTES) compressBlock();
    }
  }

  function compressBlock(): void {
    fillSchedule(schedule, blockView);
    compress(state, schedule, roundConstants);
    filledBytes = 0;
  }

  function digestHex(): string {
    const totalBits = BigInt(totalBytes) * 8n;
    update(Uint8Array.of(PAD_BYTE));
    update(new Uint8Array((LENGTH_OFFSET + BLOCK_BYTES - filledBytes) % BLOCK_BYTES));
    blockView.setBigUint64(LENGTH_OFFSET, totalBits);
    compressBlock();
    return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  return { update, digestHex };
}

// FIPS 180-4, 6.2.2. The `?? 0` never applies: all indexes are inside the arrays.
function compress(state: Uint32Array, schedule: Uint32Array, roundConstants: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < schedule.length; round += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (roundConstants[round] ?? 0) + (schedule[round] ?? 0)) | 0;
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
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

function fillSchedule(schedule: Uint32Array, block: DataView): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = block.getUint32(index * 4);
  for (let index = 16; index < schedule.length; index += 1) {
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
