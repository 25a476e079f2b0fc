/**
 * The bytes without unsynchronisation: the zero after each FF goes (ID3v2.4 structure, section 6.1). Undefined when
 * the bytes never went through it, since FF then stands before E0 to FF or at the end: some writers only set the flag.
 */
export function undoUnsynchronisation(bytes: Uint8Array): Uint8Array | undefined {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    decoded[length] = byte;
    length += 1;
    if (byte !== 0xff) continue;
    const next = bytes[index + 1];
    if (next === undefined || next >= 0xe0) return undefined;
    if (next === 0) index += 1;
  }
  return decoded.subarray(0, length);
}

/** Where the bytes at these offsets, in ascending order, stood before `undoUnsynchronisation`. */
export function unsynchronisedOffsets(bytes: Uint8Array, offsets: readonly number[]): number[] {
  const found: number[] = [];
  let index = 0;
  let decodedIndex = 0;
  for (const offset of offsets) {
    for (; decodedIndex < offset; decodedIndex += 1) {
      index += bytes[index] === 0xff && bytes[index + 1] === 0 ? 2 : 1;
    }
    found.push(index);
  }
  return found;
}

/** Whether these two bytes next to each other would be taken for a synchronisation, or for one that was undone. */
export function isFalseSync(left: number | undefined, right: number | undefined): boolean {
  return left === 0xff && right !== undefined && (right === 0 || right >= 0xe0);
}
