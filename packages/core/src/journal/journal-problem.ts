import { GenblazeError } from "../errors/genblaze-error.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import { runBusy } from "./run-busy.js";
import type { RunFolder } from "./run-folder.js";

/** JOURNAL_FAILED for a line that cannot be read: to leave it out could mean to pay for it again. */
export function damagedLine(
  { runId, journal }: Pick<RunFolder, "runId" | "journal">,
  line: number,
  why: string,
  cause?: unknown,
): GenblazeError {
  const message = `Line ${line} of the journal of run ${runId} cannot be read: ${why}. Put a copy of ${journal} in its place, or forget the run and begin a new one.`;
  return new GenblazeError("JOURNAL_FAILED", message, { cause, isRetryable: false, details: { runId, line } });
}

/** JOURNAL_FAILED for a journal of a format that this release does not know. */
export function newerJournal({ runId }: Pick<RunFolder, "runId">, version: number, known: number): GenblazeError {
  const message = `The journal of run ${runId} has version ${version}, and this release reads up to version ${known}. Use a newer release of the SDK for it; what there is stays as it is.`;
  return new GenblazeError("JOURNAL_FAILED", message, { isRetryable: false, details: { runId, version } });
}

/** JOURNAL_FAILED for an entry of a run that this journal value has not claimed, or no longer. */
export function notClaimed(runId: string): GenblazeError {
  const message = `An entry of run ${runId} was not written: this journal value has not claimed the run, or gave it back. Claim it first.`;
  return new GenblazeError("JOURNAL_FAILED", message, { isRetryable: false, details: { runId } });
}

/** JOURNAL_FAILED for an entry whose claim somebody else has by now. */
export function claimLost({ runId, lock }: RunFolder): GenblazeError {
  const message = `An entry of run ${runId} does not count: the lock ${lock} was taken away, and somebody else may run it since. End this run here.`;
  const cause = runBusy(runId, "its lock is no longer of the claim that was given");
  return new GenblazeError("JOURNAL_FAILED", message, { cause, isRetryable: false, details: { runId } });
}

/** JOURNAL_FAILED for an entry that no journal in a folder takes. */
export function refusedEntry(runId: string, why: string, cause?: unknown): GenblazeError {
  const message = `An entry of run ${runId} was not written: ${why}.`;
  return new GenblazeError("JOURNAL_FAILED", message, { cause, isRetryable: false, details: { runId } });
}

/** What was thrown as JOURNAL_FAILED, unless it is an error of ours. */
export function failing(runId: string, what: string): (error: unknown) => never {
  return (error) => {
    if (GenblazeError.isInstance(error) && error.code !== "STORAGE_FAILED") throw error;
    const why = GenblazeError.isInstance(error) ? error.message : (systemErrorCode(error) ?? "unknown cause");
    const message = `The journal of run ${runId} could not be ${what} (${why}). Check its folder's permissions and free space.`;
    throw new GenblazeError("JOURNAL_FAILED", message, { cause: error, details: { runId } });
  };
}

/** What was thrown when all runs were looked at, as JOURNAL_FAILED, unless it is an error of ours. */
export function failingAt(root: string, what: string): (error: unknown) => never {
  return (error) => {
    if (GenblazeError.isInstance(error)) throw error;
    const code = systemErrorCode(error) ?? "unknown cause";
    const message = `The runs in ${root} could not be ${what} (${code}). Check the folder's permissions.`;
    throw new GenblazeError("JOURNAL_FAILED", message, { cause: error });
  };
}
