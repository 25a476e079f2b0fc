import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { syncFolder } from "../internal/durable-folder.js";
import { groupCommit } from "../internal/group-commit.js";
import type { FileLock } from "../internal/lock-file.js";
import { createFolderStorage } from "../storage/folder-storage.js";
import { compactFile } from "./compact-file.js";
import type { JournalEntry, RunClaim } from "./journal.js";
import { MAX_LINE_BYTES, writeClaim, writeEntry, writeHeader } from "./journal-lines.js";
import { claimLost, failing, notClaimed, refusedEntry } from "./journal-problem.js";
import { CURRENT_VERSION } from "./journal-versions.js";
import { createLargeEntries, PRIVATE_AND_DURABLE } from "./large-entries.js";
import { lockRun } from "./lock-run.js";
import { FILE_MODE, type RunFolder } from "./run-folder.js";
import { type JournalScan, MAX_JOURNAL_BYTES, scanJournal } from "./scan-journal.js";

/** A claim with what writes under it. */
export interface OpenClaim extends RunClaim {
  append(entry: JournalEntry): Promise<void>;
}

/** A file that may be written. */
interface OpenJournal {
  readonly handle: FileHandle;
  readonly scan: JournalScan;
}

/**
 * Claims a run in its folder: afterwards its file ends in a whole line, with a token that is higher than all before.
 * RUN_BUSY, JOURNAL_FAILED.
 */
export async function openClaim(run: RunFolder): Promise<OpenClaim> {
  const lock = await lockRun(run).catch(failing(run.runId, "locked"));
  try {
    const { handle, scan } = await openCurrent(run);
    try {
      const token = scan.highestToken + 1;
      await beginClaim(handle, scan, run, token);
      return createClaim({ run, lock, handle, token, sizeBytes: (await handle.stat()).size });
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    return failing(run.runId, "opened")(error);
  }
}

/** Of an older version, the file is written anew: lines of two versions do not stand in one. */
async function openCurrent(run: RunFolder): Promise<OpenJournal> {
  const opened = await openAndScan(run);
  if (opened.scan.version === CURRENT_VERSION) return opened;
  try {
    await compactFile(opened.handle, opened.scan, run);
  } finally {
    await opened.handle.close();
  }
  return openAndScan(run);
}

async function openAndScan(run: RunFolder): Promise<OpenJournal> {
  // Whatever happens meanwhile, lines go behind those that are there.
  const handle = await open(run.journal, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, FILE_MODE);
  try {
    return { handle, scan: await scanJournal(handle, run) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The claim is on disk with the first entry under it at the latest; until then it need not survive anything. */
async function beginClaim(handle: FileHandle, scan: JournalScan, run: RunFolder, token: number): Promise<void> {
  const { wholeBytes, tornBytes } = scan;
  if (tornBytes > 0) await handle.truncate(wholeBytes);
  await handle.appendFile((wholeBytes === 0 ? writeHeader(run.runId) : "") + writeClaim(token));
  if (wholeBytes === 0) await syncFolder(run.path);
}

interface ClaimParts {
  readonly run: RunFolder;
  readonly lock: FileLock;
  readonly handle: FileHandle;
  readonly token: number;
  /** Of the file so far. */
  readonly sizeBytes: number;
}

function createClaim({ run, lock, handle, token, ...parts }: ClaimParts): OpenClaim {
  const { runId } = run;
  const large = createLargeEntries(run);
  const underWay = new Set<Promise<void>>();
  let { sizeBytes } = parts;
  let released: Promise<void> | undefined;

  const commit = groupCommit((lines) => write(lines).catch(failing(runId, "written")));

  async function write(lines: string): Promise<void> {
    sizeBytes += Buffer.byteLength(lines);
    if (sizeBytes > MAX_JOURNAL_BYTES) throw refusedEntry(runId, `its journal has ${MAX_JOURNAL_BYTES} bytes already`);
    await handle.appendFile(lines);
    // Looked at after writing: a lock that is still ours now was ours then, so the lines stand before any later claim.
    const [isHeld] = await Promise.all([lock.isHeld(), handle.datasync()]);
    if (!isHeld) throw claimLost(run);
  }

  async function append(entry: JournalEntry): Promise<void> {
    const line = lineOf(entry, token);
    if (line !== undefined) return commit(line);
    const content = await large.keep(JSON.stringify(entry.transition)).catch(failing(runId, "written"));
    return commit(writeEntry(token, entry, content));
  }

  async function release(): Promise<void> {
    await Promise.allSettled(underWay);
    await handle.close().finally(lock.release).catch(failing(runId, "given back"));
  }

  return {
    token,
    spool: createFolderStorage(run.spool, PRIVATE_AND_DURABLE),
    append(entry) {
      if (released !== undefined) return Promise.reject(notClaimed(runId));
      const appending = append(entry);
      underWay.add(appending);
      const done = () => underWay.delete(appending);
      appending.then(done, done);
      return appending;
    },
    release() {
      released ??= release();
      return released;
    },
  };
}

/** An entry as a line; undefined for one that is too large for it. JOURNAL_FAILED for what could not be read again. */
function lineOf(entry: JournalEntry, token: number): string | undefined {
  const { runId, sequence, at, transition } = entry;
  if (!Number.isSafeInteger(sequence) || sequence < 0)
    throw refusedEntry(runId, "its sequence is no whole number from 0");
  if (!Number.isFinite(at)) throw refusedEntry(runId, "its time is no number");
  try {
    const line = writeEntry(token, entry, { kind: "inline", transition });
    // The line feed does not count.
    return Buffer.byteLength(line) - 1 <= MAX_LINE_BYTES ? line : undefined;
  } catch (error) {
    throw refusedEntry(runId, "its transition is not JSON", error);
  }
}
