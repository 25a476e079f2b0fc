import { concatBytes } from "../../src/binary/bytes.js";
import { mutateParts } from "./part-mutations.js";
import { below, type Random } from "./random.js";

/** Numbers that sizes, counts and flags break at. */
const ODD_NUMBERS = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/** Marks that parsers look for. */
const MARKS = [
  "ID3",
  "fLaC",
  "RIFF",
  "LIST",
  "uuid",
  "moov",
  "XMP ",
  "iTXt",
  "\xff\xd9",
  "\xff\xe1",
  "TXXX",
  "<x:xmpmeta",
  "mdat",
];

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  truncate,
  changeBytes,
  changeNumber,
  insertBytes,
  removeRange,
  repeatRange,
  swapRanges,
  writeMark,
];

/** A file with one to three random changes, in a third of the cases of whole parts, to which others may come. */
export function mutateFile(bytes: Uint8Array, random: Random): Uint8Array {
  const hasOtherParts = random() < 0.35;
  let mutated = hasOtherParts ? mutateParts(bytes, random) : bytes;
  if (hasOtherParts && random() < 0.7) return mutated;
  for (let count = 1 + below(3, random); count > 0; count -= 1) {
    mutated = mutations[below(mutations.length, random)]?.(mutated, random) ?? mutated;
  }
  return mutated;
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, below(bytes.length, random));
}

function changeBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let count = 1 + below(4, random); count > 0; count -= 1) changed[place(bytes, random)] = below(256, random);
  return changed;
}

/** 16, 32 or 64 bits in either byte order, mostly where headers are. */
function changeNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = new Uint8Array(concatBytes([bytes]));
  const width = [2, 4, 8][below(3, random)] ?? 4;
  const at = place(bytes, random);
  if (at + width > bytes.length) return changed;
  const value = BigInt(ODD_NUMBERS[below(ODD_NUMBERS.length, random)] ?? 0);
  const digits = Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
  changed.set(random() < 0.5 ? digits : digits.reverse(), at);
  return changed;
}

function insertBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = place(bytes, random);
  const inserted = Uint8Array.from({ length: 1 + below(16, random) }, () => below(256, random));
  return concatBytes([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

function removeRange(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, end] = range(bytes, random);
  return concatBytes([bytes.subarray(0, start), bytes.subarray(end)]);
}

function repeatRange(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, end] = range(bytes, random);
  return concatBytes([bytes.subarray(0, end), bytes.subarray(start)]);
}

function swapRanges(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, end] = range(bytes, random);
  const middle = start + below(end - start, random);
  return concatBytes([
    bytes.subarray(0, start),
    bytes.subarray(middle, end),
    bytes.subarray(start, middle),
    bytes.subarray(end),
  ]);
}

function writeMark(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const mark = Buffer.from(MARKS[below(MARKS.length, random)] ?? "", "latin1");
  const at = place(bytes, random);
  changed.set(mark.subarray(0, Math.max(0, bytes.length - at)), at);
  return changed;
}

/** Half of all changes go where headers are. */
function place(bytes: Uint8Array, random: Random): number {
  return below(random() < 0.5 ? Math.min(256, bytes.length) : bytes.length, random);
}

function range(bytes: Uint8Array, random: Random): readonly [number, number] {
  const start = place(bytes, random);
  return [start, start + below(Math.min(4096, bytes.length - start) + 1, random)];
}
