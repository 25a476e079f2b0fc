/** A file as a list of whole parts, which can be put together again with true sizes. */
export interface Parts {
  readonly parts: readonly Uint8Array[];
  /** Parts of ours that fit into this kind of file. */
  readonly own: readonly Uint8Array[];
  readonly join: (parts: readonly Uint8Array[]) => Uint8Array;
}

/** Files of the fuzzer have a few dozen parts; what lies behind stays one part. */
const MAX_PARTS = 200;

/** The parts from `start` to `end`, each as long as `lengthAt` says; what is no whole part is the last one. */
export function walkParts(
  bytes: Uint8Array,
  start: number,
  end: number,
  lengthAt: (at: number) => number,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = start;
  while (at < end && parts.length < MAX_PARTS) {
    const length = at + 12 <= end ? lengthAt(at) : 0;
    if (length <= 0 || at + length > end) break;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at < end) parts.push(bytes.subarray(at, end));
  return parts;
}
