import type { FileHandle } from "node:fs/promises";
import type { GenblazeError } from "../errors/genblaze-error.js";
import { type Line, linesOf } from "../internal/lines-of.js";
import { isTornHeader, MAX_LINE_BYTES, readHeader, readLine } from "./journal-lines.js";
import { damagedLine, newerJournal } from "./journal-problem.js";
import { CURRENT_VERSION } from "./journal-versions.js";
import type { RunFolder } from "./run-folder.js";

/** Some tens of millions of entries, whose places are all held in memory. */
export const MAX_JOURNAL_BYTES = 4 * 1024 ** 3;

/** Where the line of an entry is. */
export interface LinePlace {
  readonly sequence: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** From 1. */
  readonly line: number;
}

/** What stands in the file of a journal; some 50 bytes of memory for each entry. */
export interface JournalScan {
  readonly version: number;
  /** Of all its writers; 0 when there was none. */
  readonly highestToken: number;
  /** Bytes up to the end of the last whole line; 0 for a file whose header is not whole. */
  readonly wholeBytes: number;
  /** Bytes behind it, which a crash tore. */
  readonly tornBytes: number;
  /** The entries that count, each once, in the order of their `sequence`. */
  readonly places: readonly LinePlace[];
}

/** What the system leaves of bytes that it had no time to write, where the file had grown already. */
const UNWRITTEN = Buffer.alloc(16);

/** How far the reading of a file has come. */
interface Reading {
  readonly run: RunFolder;
  readonly places: LinePlace[];
  version: number | undefined;
  /** Of the line before, from 1. */
  number: number;
  wholeBytes: number;
  tornBytes: number;
  /** The token of the last claim. */
  claimed: number;
  highestToken: number;
  /** A whole line that does not fit. */
  misfit: { readonly bytes: Uint8Array; readonly error: GenblazeError } | undefined;
}

/**
 * Reads the file of a journal through. What is behind the last whole line was torn by a crash and is left out; any
 * other line that does not fit is JOURNAL_FAILED.
 */
export async function scanJournal(handle: FileHandle, run: RunFolder): Promise<JournalScan> {
  const counts = { number: 0, wholeBytes: 0, tornBytes: 0, claimed: 0, highestToken: 0 };
  const reading: Reading = { run, places: [], version: undefined, ...counts, misfit: undefined };
  for await (const line of linesOf(handle.createReadStream({ autoClose: false, start: 0 }), MAX_LINE_BYTES)) {
    takeLine(reading, line);
  }
  takeMisfit(reading);
  const { version = CURRENT_VERSION, highestToken, wholeBytes, tornBytes, places } = reading;
  return { version, highestToken, wholeBytes, tornBytes, places: inOrder(places) };
}

function takeLine(reading: Reading, line: Line): void {
  const { run, number, misfit } = reading;
  if (misfit !== undefined) throw misfit.error;
  const until = line.offset + line.bytes.byteLength;
  if (until > MAX_JOURNAL_BYTES)
    throw damagedLine(run, number + 1, `the file has more than ${MAX_JOURNAL_BYTES} bytes`);
  if (line.end === "too-long") throw damagedLine(run, number + 1, `it has more than ${MAX_LINE_BYTES} bytes`);
  if (line.end === "torn") {
    takeTorn(reading, line.bytes);
    return;
  }
  reading.number += 1;
  if (reading.version === undefined) reading.version = versionOf(line.bytes, run);
  else takeBehind(reading, line, reading.version);
  if (reading.misfit === undefined) reading.wholeBytes = until + 1;
}

function versionOf(bytes: Uint8Array, run: RunFolder): number {
  const header = readHeader(bytes);
  if (header === "foreign") throw damagedLine(run, 1, "it is not the first line of a journal");
  if (header === "damaged") throw damagedLine(run, 1, "its checksum does not fit");
  if (header.version > CURRENT_VERSION) throw newerJournal(run, header.version, CURRENT_VERSION);
  if (header.runId !== run.runId) throw damagedLine(run, 1, "it is of another run");
  return header.version;
}

function takeBehind(reading: Reading, line: Line, version: number): void {
  const { run, number, claimed, places } = reading;
  const content = readLine(line.bytes, version);
  if (typeof content === "string") {
    reading.misfit = { bytes: line.bytes, error: damagedLine(run, number, content) };
    return;
  }
  const { token, kind } = content;
  reading.highestToken = Math.max(reading.highestToken, token);
  if (kind === "claim") reading.claimed = Math.max(claimed, token);
  // A writer whose claim was taken over may not have known it yet.
  else if (token >= claimed) places.push(placeOf(line, content.sequence, number));
}

/** What a crash leaves of a line is its beginning; one that is whole but for its last byte is damaged. */
function takeTorn(reading: Reading, bytes: Uint8Array): void {
  const { run, version, number } = reading;
  const before = bytes.subarray(0, -1);
  if (version === undefined) {
    if (!isTornHeader(bytes)) throw damagedLine(run, 1, "it is not the first line of a journal");
    if (typeof readHeader(before) === "object") throw damagedLine(run, 1, "it does not end in a line feed");
  } else if (typeof readLine(before, version) === "object") {
    throw damagedLine(run, number + 1, "it does not end in a line feed");
  }
  reading.tornBytes = bytes.byteLength;
}

/** A last line that does not fit is damaged, unless its bytes were never written. */
function takeMisfit(reading: Reading): void {
  const { misfit } = reading;
  if (misfit === undefined) return;
  if (!Buffer.from(misfit.bytes).includes(UNWRITTEN)) throw misfit.error;
  reading.tornBytes = misfit.bytes.byteLength + 1;
}

function placeOf({ offset, bytes }: Line, sequence: number, line: number): LinePlace {
  return { sequence, offset, sizeBytes: bytes.byteLength, line };
}

/** By sequence; of several of one, the first that was written. */
function inOrder(places: readonly LinePlace[]): readonly LinePlace[] {
  const sorted = places.toSorted((left, right) => left.sequence - right.sequence || left.offset - right.offset);
  return sorted.filter(({ sequence }, index) => sequence !== sorted[index - 1]?.sequence);
}
