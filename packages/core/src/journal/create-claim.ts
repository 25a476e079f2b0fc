import type { FileHandle } from "node:fs/promises";
import { groupCommit } from "../internal/group-commit.js";
import type { FileLock } from "../internal/lock-file.js";
import { createFolderStorage } from "../storage/folder-storage.js";
import type { JournalEntry, RunClaim } from "./journal.js";
import { MAX_LINE_BYTES, writeEntry } from "./journal-lines.js";
import { claimLost, failing, notClaimed, refusedEntry } from "./journal-problem.js";
import { createLargeEntries, PRIVATE_AND_DURABLE } from "./large-entries.js";
import type { RunFolder } from "./run-folder.js";
import { MAX_JOURNAL_BYTES } from "./scan-journal.js";

/** A claim with what writes under it. */
export interface OpenClaim extends RunClaim {
  append(entry: JournalEntry): Promise<void>;
}

/** What a claim writes with: a locked run, and its file, which ends in a whole line. */
export interface ClaimParts {
  readonly run: RunFolder;
  readonly lock: FileLock;
  readonly handle: FileHandle;
  readonly token: number;
  /** Of the file so far. */
  readonly sizeBytes: number;
}

/** A claim of a run that was locked and opened; its release closes the file and gives the lock back. */
export function createClaim(parts: ClaimParts): OpenClaim {
  const { run, lock, handle, token } = parts;
  const append = appenderOf(parts);
  const underWay = new Set<Promise<void>>();
  let released: Promise<void> | undefined;

  async function release(): Promise<void> {
    await Promise.allSettled(underWay);
    await handle.close().finally(lock.release).catch(failing(run.runId, "given back"));
  }

  return {
    token,
    spool: createFolderStorage(run.spool, PRIVATE_AND_DURABLE),
    append(entry) {
      if (released !== undefined) return Promise.reject(notClaimed(run.runId));
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

function appenderOf({ run, lock, handle, token, ...parts }: ClaimParts): OpenClaim["append"] {
  const { runId } = run;
  const large = createLargeEntries(run);
  let { sizeBytes } = parts;

  async function write(lines: string): Promise<void> {
    sizeBytes += Buffer.byteLength(lines);
    if (sizeBytes > MAX_JOURNAL_BYTES) throw refusedEntry(runId, `its journal has ${MAX_JOURNAL_BYTES} bytes already`);
    await handle.appendFile(lines);
    // Looked at after writing: a lock that is still ours now was ours then, so the lines stand before any later claim.
    const [isHeld] = await Promise.all([lock.isHeld(), handle.datasync()]);
    if (!isHeld) throw claimLost(run);
  }

  const commit = groupCommit((lines) => write(lines).catch(failing(runId, "written")));

  return async (entry) => {
    const line = lineOf(entry, token);
    if (line !== undefined) return commit(line);
    const content = await large.keep(JSON.stringify(entry.transition)).catch(failing(runId, "written"));
    return commit(writeEntry(token, entry, content));
  };
}

/** An entry as a line; undefined for one that is too large for it. JOURNAL_FAILED for what could not be read again. */
function lineOf(entry: JournalEntry, token: number): string | undefined {
  const { runId, sequence, at, transition } = entry;
  if (!Number.isSafeInteger(sequence) || sequence < 0)
    throw refusedEntry(runId, "its sequence is no whole number from 0");
  if (typeof transition?.state !== "string") throw refusedEntry(runId, "its transition has no state");
  if (!Number.isFinite(at)) throw refusedEntry(runId, "its time is no number");
  try {
    const line = writeEntry(token, entry, { kind: "inline", transition });
    // The line feed does not count.
    return Buffer.byteLength(line) - 1 <= MAX_LINE_BYTES ? line : undefined;
  } catch (error) {
    throw refusedEntry(runId, "its transition is not JSON", error);
  }
}
