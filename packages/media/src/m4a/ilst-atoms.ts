import type { ByteSource } from "@genblaze/core";
import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { fourCharacters, latin1, uint32be } from "../binary/fields.js";
import { HEADER_BYTES } from "../mp4/mp4-boxes.js";
import type { InnerBox } from "./inner-boxes.js";

/** A freeform atom of ours. */
export interface OwnAtom extends InnerBox {
  readonly role: "manifest" | "restore";
  /** Its first value; undefined when that is not whole. */
  readonly value: { readonly start: number; readonly end: number } | undefined;
}

/** How many of the levels udta, meta and ilst embedding had to make, counted from the inside. */
export type CreatedLevels = 0 | 1 | 2 | 3;

/** What goes in before and after the manifest itself. */
export interface AtomFrame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

const FREEFORM = "----";
const NO_FLAGS = new Uint8Array(4);
/** Data type 1 is UTF-8 text; the locale 0 is any (QuickTime file format, metadata value atom). */
const TEXT_VALUE = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0);
const VALUE_HEADER_BYTES = HEADER_BYTES + TEXT_VALUE.length;

const MEAN = box("mean", [NO_FLAGS, latin1("genblaze")]);
const NAMES = {
  manifest: box("name", [NO_FLAGS, latin1("manifest")]),
  restore: box("name", [NO_FLAGS, latin1("restore")]),
};

/** The handler that iTunes, and the Python library, give the meta box of tags. */
const TAGS_HANDLER = box("hdlr", [new Uint8Array(8), latin1("mdirappl"), new Uint8Array(9)]);

/** The atom with a manifest of `payloadBytes`, and the levels around it that have to be made. */
export function frameManifestAtom(payloadBytes: number, created: CreatedLevels): AtomFrame {
  const value = headerOf("data", VALUE_HEADER_BYTES + payloadBytes);
  const nameBytes = MEAN.length + NAMES.manifest.length;
  const atom = headerOf(FREEFORM, HEADER_BYTES + nameBytes + VALUE_HEADER_BYTES + payloadBytes);
  const head = concatBytes([atom, MEAN, NAMES.manifest, value, TEXT_VALUE]);
  if (created === 0) return { head, tail: new Uint8Array() };
  const tail = restoreAtom(created);
  const list = frameIn("ilst", [], { head, tail }, payloadBytes);
  if (created === 1) return list;
  const meta = frameIn("meta", [NO_FLAGS, TAGS_HANDLER], list, payloadBytes);
  return created === 2 ? meta : frameIn("udta", [], meta, payloadBytes);
}

/** Reads an item of ilst as an atom of ours; undefined when it is foreign. Ours have a 32-bit size. */
export async function readOwnAtom(source: ByteSource, item: InnerBox): Promise<OwnAtom | undefined> {
  if (item.type !== FREEFORM || item.sizing !== "32-bit") return undefined;
  const longest = MEAN.length + NAMES.manifest.length;
  const names = await source.read(item.contentStart, Math.min(longest, item.end - item.contentStart));
  const role = roleOf(names);
  if (role === undefined) return undefined;
  const valueStart = item.contentStart + MEAN.length + NAMES[role].length;
  return { ...item, role, value: await readValue(source, valueStart, item.end) };
}

/** The depth that a restore atom says, or undefined when it is none of those that embedding writes. */
export async function readCreatedLevels(source: ByteSource, atom: OwnAtom): Promise<CreatedLevels | undefined> {
  const { value } = atom;
  if (atom.role !== "restore" || value === undefined || value.end - value.start !== 1) return undefined;
  const [digit] = await source.read(value.start, 1);
  return ([1, 2, 3] as const).find((depth) => digit === digitOf(depth));
}

function roleOf(names: Uint8Array): OwnAtom["role"] | undefined {
  if (!isNamed(names, 0, MEAN)) return undefined;
  return (["manifest", "restore"] as const).find((role) => isNamed(names, MEAN.length, NAMES[role]));
}

/** Whether a mean or name box stands there; its version and flags are not looked at, as in the Python library. */
function isNamed(names: Uint8Array, offset: number, expected: Uint8Array): boolean {
  const text = HEADER_BYTES + NO_FLAGS.length;
  const hasHeader = hasBytesAt(names, offset, expected.subarray(0, HEADER_BYTES));
  return hasHeader && hasBytesAt(names, offset + text, expected.subarray(text));
}

async function readValue(source: ByteSource, start: number, end: number): Promise<OwnAtom["value"]> {
  if (end - start < VALUE_HEADER_BYTES) return undefined;
  const head = await source.read(start, HEADER_BYTES);
  const size = uint32be.read(head, 0);
  if (fourCharacters.read(head, 4) !== "data" || size < VALUE_HEADER_BYTES || size > end - start) return undefined;
  return { start: start + VALUE_HEADER_BYTES, end: start + size };
}

function restoreAtom(created: CreatedLevels): Uint8Array {
  return box(FREEFORM, [MEAN, NAMES.restore, box("data", [TEXT_VALUE, Uint8Array.of(digitOf(created))])]);
}

/** ASCII, so that tag editors show and keep it. */
function digitOf(created: CreatedLevels): number {
  return 0x30 + created;
}

function frameIn(type: string, before: readonly Uint8Array[], inner: AtomFrame, payloadBytes: number): AtomFrame {
  const content = concatBytes([...before, inner.head]);
  const size = HEADER_BYTES + content.length + payloadBytes + inner.tail.length;
  return { head: concatBytes([headerOf(type, size), content]), tail: inner.tail };
}

function box(type: string, parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(parts);
  return concatBytes([headerOf(type, HEADER_BYTES + content.length), content]);
}

function headerOf(type: string, size: number): Uint8Array {
  return concatBytes([uint32be.write(size), fourCharacters.write(type)]);
}
