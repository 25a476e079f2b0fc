import { concatBytes, hasBytesAt } from "../../src/binary/bytes.js";
import { latin1, uint32be } from "../../src/binary/fields.js";
import { freeform } from "../m4a-samples.js";
import { manifestBox } from "../made-samples.js";
import { type Parts, walkParts } from "./walk-parts.js";

const old = '{"old":true}';

/** The list of tags of every second file that has one, by its length, else the top level. Offsets stay as they are. */
export function mp4Parts(bytes: Uint8Array): Parts {
  const levels = listLevels(bytes);
  const boxes = [manifestBox(old), manifestBox("\x01", 2)];
  const list = levels?.at(-1);
  if (levels === undefined || list === undefined || bytes.length % 2 === 0) {
    const parts = walkParts(bytes, 0, bytes.length, (at) => uint32be.read(bytes, at));
    return { parts: parts.slice(1), own: boxes, join: (changed) => concatBytes([...parts.slice(0, 1), ...changed]) };
  }
  const parts = walkParts(bytes, list.start, list.end, (at) => uint32be.read(bytes, at));
  const own = [freeform("manifest", old), ...["1", "2", "3"].map((depth) => freeform("restore", depth))];
  const join = (changed: readonly Uint8Array[]) => {
    const content = concatBytes(changed);
    const joined = concatBytes([bytes.subarray(0, list.start), content, bytes.subarray(list.end)]);
    const growth = content.length - (list.end - list.start);
    for (const { at } of levels) joined.set(uint32be.write(uint32be.read(joined, at) + growth), at);
    return joined;
  };
  return { parts, own, join };
}

interface Level {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** moov, udta, meta and ilst, when all are there with sizes of 32 bits. */
function listLevels(bytes: Uint8Array): readonly Level[] | undefined {
  const levels: Level[] = [];
  let [start, end] = [0, bytes.length];
  for (const type of ["moov", "udta", "meta", "ilst"]) {
    let at = start;
    while (at + 8 <= end && !hasBytesAt(bytes, at + 4, latin1(type))) at += Math.max(uint32be.read(bytes, at), 8);
    if (at + 12 > end) return undefined;
    const size = uint32be.read(bytes, at);
    if (size < 12 || at + size > end) return undefined;
    [start, end] = [at + (type === "meta" ? 12 : 8), at + size];
    levels.push({ at, start, end });
  }
  return levels;
}
