import type { Dirent } from "node:fs";
import { type FileHandle, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isLocked } from "../internal/lock-file.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import type { KnownRun } from "./journal.js";
import { isTornHeader, type JournalHeader, MAX_LINE_BYTES, readHeader, readLine } from "./journal-lines.js";
import { failing, failingAt } from "./journal-problem.js";
import { CURRENT_VERSION } from "./journal-versions.js";
import { openIfThere } from "./read-journal.js";
import { folderNameOf, journalIn, type RunFolder, runFolder } from "./run-folder.js";

/** More than the longest header: a run id of 200 characters, each escaped to six bytes. */
const HEADER_BYTES = 4_096;
/** Holds two lines of the greatest length, so at least one that is whole. */
const TAIL_BYTES = 4 * MAX_LINE_BYTES;
const LINE_FEED = 10;

/**
 * The runs below a folder that have an entry. Folders that are not of a journal are passed over, and so are runs whose
 * first line is damaged or of a newer version.
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

async function describeRun(root: string, name: string): Promise<KnownRun | undefined> {
  const handle = await openIfThere({ runId: name, journal: journalIn(join(root, name)) });
  if (handle === undefined) return undefined;
  try {
    const header = await headerOf(handle);
    if (header === undefined || folderNameOf(header.runId) !== name) return undefined;
    const changedAt = await lastEntryAt(handle, header.version);
    if (changedAt === undefined) return undefined;
    return { runId: header.runId, isClaimed: await isLocked(runFolder(root, header.runId).lock), changedAt };
  } catch (error) {
    return failing(name, "listed")(error);
  } finally {
    await handle.close();
  }
}

async function headerOf(handle: FileHandle): Promise<JournalHeader | undefined> {
  const bytes = await bytesAt(handle, 0, HEADER_BYTES);
  const end = bytes.indexOf(LINE_FEED);
  const header = end < 0 ? undefined : readHeader(bytes.subarray(0, end));
  return typeof header === "object" && header.version <= CURRENT_VERSION ? header : undefined;
}

/** The time of the last entry in the file, found from its end; undefined when there is none. */
async function lastEntryAt(handle: FileHandle, version: number): Promise<number | undefined> {
  for (let { size } = await handle.stat(); size > 0; ) {
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = await bytesAt(handle, from, size - from);
    let end = bytes.lastIndexOf(LINE_FEED);
    for (let start = before(bytes, end); start >= 0; end = start, start = before(bytes, end)) {
      const line = readLine(bytes.subarray(start + 1, end), version);
      if (typeof line === "object" && line.kind === "entry") return line.at;
    }
    // What is before the first line feed of this piece belongs to the piece before it; the header is no entry.
    const next = from + end + 1;
    if (from === 0 || end < 0 || next === size) return undefined;
    size = next;
  }
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
