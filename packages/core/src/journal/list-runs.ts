import type { Dirent } from "node:fs";
import { type FileHandle, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { GenblazeError } from "../errors/genblaze-error.js";
import { isLocked } from "../internal/lock-file.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import type { KnownRun } from "./journal.js";
import { isTornHeader, type JournalHeader, MAX_LINE_BYTES, readHeader, readLine } from "./journal-lines.js";
import { damagedLine, failing, failingAt, newerJournal } from "./journal-problem.js";
import { CURRENT_VERSION } from "./journal-versions.js";
import { openIfThere } from "./read-journal.js";
import { folderNameOf, journalIn, type RunFolder, runFolder } from "./run-folder.js";

/** More than the longest header: a run id of 200 characters, each escaped to six bytes. */
const HEADER_BYTES = 4_096;
/** Holds two lines of the greatest length, so at least one that is whole. */
const TAIL_BYTES = 4 * MAX_LINE_BYTES;
const LINE_FEED = 10;

/** Where a run seems to be; its id is the name of its folder as long as no other is known. */
type RunPlace = Pick<RunFolder, "runId" | "journal">;

/**
 * The runs below a folder that have an entry, those that cannot be read with what is wrong. Folders that are not of a
 * journal are passed over.
 */
export async function* listRuns(root: string): AsyncGenerator<KnownRun, void> {
  for (const entry of await entriesOf(root)) {
    const run = entry.isDirectory() ? await describeRun(root, entry.name) : undefined;
    if (run !== undefined) yield run;
  }
}

/** Whether a folder is one of a journal, be it damaged: only such a one may be removed. */
export async function isOwnFolder(run: RunFolder): Promise<boolean> {
  const handle = await openIfThere(run);
  if (handle === undefined) return false;
  try {
    return isTornHeader(await bytesAt(handle, 0, HEADER_BYTES));
  } finally {
    await handle.close();
  }
}

/** What is in a folder; nothing when it is not there. JOURNAL_FAILED. */
export async function entriesOf(root: string): Promise<readonly Dirent[]> {
  return readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    return systemErrorCode(error) === "ENOENT" ? [] : failingAt(root, "listed")(error);
  });
}

/** One run that cannot be read must not keep the others from being listed. */
async function describeRun(root: string, name: string): Promise<KnownRun | undefined> {
  const path = join(root, name);
  const place = { runId: name, journal: journalIn(path) };
  try {
    const handle = await openIfThere(place);
    if (handle === undefined) return undefined;
    try {
      return await describeOpened(handle, root, place);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const problem = asProblem(name, thrown);
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return { runId: name, isClaimed: false, changedAt, problem };
  }
}

async function describeOpened(handle: FileHandle, root: string, place: RunPlace): Promise<KnownRun | undefined> {
  const header = await headerOf(handle, place);
  if (header === undefined || folderNameOf(header.runId) !== place.runId) return undefined;
  const changedAt = await lastEntryAt(handle, header.version, place);
  if (changedAt === undefined) return undefined;
  return { runId: header.runId, isClaimed: await isLocked(runFolder(root, header.runId).lock), changedAt };
}

function asProblem(name: string, thrown: unknown): GenblazeError {
  try {
    return failing(name, "listed")(thrown);
  } catch (problem) {
    if (GenblazeError.isInstance(problem)) return problem;
    throw problem;
  }
}

/** Undefined for a file that is not of a journal, or whose first line is not written yet. JOURNAL_FAILED. */
async function headerOf(handle: FileHandle, place: RunPlace): Promise<JournalHeader | undefined> {
  const bytes = await bytesAt(handle, 0, HEADER_BYTES);
  const end = bytes.indexOf(LINE_FEED);
  const header = end < 0 ? "foreign" : readHeader(bytes.subarray(0, end));
  if (header === "foreign") return undefined;
  if (header === "damaged") throw damagedLine(place, 1, "it is damaged");
  if (header.version > CURRENT_VERSION) throw newerJournal(place, header.version, CURRENT_VERSION);
  return header;
}

/** The time of the last entry in the file, found from its end; undefined when there is none. */
async function lastEntryAt(handle: FileHandle, version: number, place: RunPlace): Promise<number | undefined> {
  let isDamaged = false;
  for (let { size } = await handle.stat(); size > 0; ) {
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = await bytesAt(handle, from, size - from);
    let end = bytes.lastIndexOf(LINE_FEED);
    for (let start = before(bytes, end); start >= 0; end = start, start = before(bytes, end)) {
      const line = readLine(bytes.subarray(start + 1, end), version);
      if (typeof line === "object" && line.kind === "entry") return line.at;
      isDamaged ||= typeof line === "string";
    }
    // What is before the first line feed of this piece belongs to the piece before it; the header is no entry.
    const next = from + end + 1;
    if (from === 0 || end < 0 || next === size) break;
    size = next;
  }
  if (isDamaged) throw damagedLine(place, 2, "it and those behind it are no entries");
  return undefined;
}

/** Where the line feed before another one is; -1 when there is none. */
function before(bytes: Buffer, end: number): number {
  return end <= 0 ? -1 : bytes.lastIndexOf(LINE_FEED, end - 1);
}

async function bytesAt(handle: FileHandle, position: number, sizeBytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, position);
  return buffer.subarray(0, bytesRead);
}
