import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import type { JournalEntry } from "./journal.js";
import { failing } from "./journal-problem.js";
import { listRuns } from "./list-runs.js";
import { lockIfThere } from "./lock-run.js";
import { readJournal } from "./read-journal.js";
import { removeLocked, sweepRemoved } from "./remove-run.js";
import { type RunFolder, runFolder } from "./run-folder.js";

/** Which runs a journal need not remember any longer. */
export interface PruneOptions {
  /** Those that ended before this moment, in milliseconds since 1970. */
  readonly endedBefore: number;
  /** Removes no further run when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Forgets runs that ended long ago, and says which. One that rests until somebody answers has not ended; those that
 * somebody has claimed or that cannot be read stay.
 */
export async function pruneRuns(root: string, { endedBefore, signal }: PruneOptions): Promise<readonly string[]> {
  const removed: string[] = [];
  await sweepRemoved(root);
  for await (const { runId, isClaimed, changedAt, problem } of listRuns(root)) {
    throwIfAborted(signal);
    if (problem !== undefined || isClaimed || changedAt >= endedBefore) continue;
    if (await removeIfEnded(runFolder(root, runId), endedBefore)) removed.push(runId);
  }
  return removed;
}

async function removeIfEnded(run: RunFolder, endedBefore: number): Promise<boolean> {
  const lock = await lockIfThere(run).catch(unlessBusy);
  if (lock === undefined) return false;
  let isRemoved = false;
  try {
    // Looked at again now that nobody can resume it.
    if (!isEnd(await lastEntry(run), endedBefore)) return false;
    await removeLocked(run);
    isRemoved = true;
    return true;
  } catch (error) {
    return failing(run.runId, "removed")(error);
  } finally {
    if (!isRemoved) await lock.release();
  }
}

function unlessBusy(error: unknown): undefined {
  if (!GenblazeError.isInstance(error) || error.code !== "RUN_BUSY") throw error;
}

/** The last in order; undefined for a run that is damaged. */
async function lastEntry(run: RunFolder): Promise<JournalEntry | undefined> {
  let last: JournalEntry | undefined;
  try {
    for await (const entry of readJournal(run)) last = entry;
    return last;
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "JOURNAL_FAILED") return undefined;
    throw error;
  }
}

function isEnd(entry: JournalEntry | undefined, endedBefore: number): boolean {
  const transition = entry?.transition;
  if (entry === undefined || transition?.state !== "run.ended") return false;
  return transition.status !== "waiting" && entry.at < endedBefore;
}
