import { resolve } from "node:path";
import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { compactRun } from "./compact-run.js";
import type { OpenClaim } from "./create-claim.js";
import type { Journal } from "./journal.js";
import { notClaimed } from "./journal-problem.js";
import { listRuns } from "./list-runs.js";
import { openClaim } from "./open-claim.js";
import { type PruneOptions, pruneRuns } from "./prune-runs.js";
import { readJournal } from "./read-journal.js";
import { removeRun } from "./remove-run.js";
import { runFolder } from "./run-folder.js";

/** A journal in a folder, which can be tidied up. */
export interface FolderJournal extends Journal {
  /**
   * Writes the file of a run anew without entries that came twice or from a writer whose claim was taken over. A crash
   * at any moment leaves the old file or the new one. An unknown run is no error. RUN_BUSY, JOURNAL_FAILED.
   */
  compact(runId: string): Promise<void>;
  /**
   * Forgets the runs that ended before a moment, whichever way, and says which. A run that waits for an answer has not
   * ended; one that somebody has claimed, or that cannot be read, stays. INVALID_OPTION, CANCELLED, JOURNAL_FAILED.
   */
  prune(options: PruneOptions): Promise<readonly string[]>;
}

const pruneOptions = z.strictObject({
  endedBefore: z.number("a moment in milliseconds since 1970 is expected"),
  signal: z.instanceof(AbortSignal, { error: "an AbortSignal is expected" }).optional(),
});

/**
 * A journal in a folder of this machine, so that runs survive the end of their process. Each run has a folder of its
 * own, made when it is first claimed, with its journal as JSON lines, its spool and its lock; several processes may
 * share the root. Files are the owner's only (0600, in folders 0700): a journal may hold a live signed URL.
 *
 * An append resolves when its entry is on disk (`fdatasync`); entries that come together share one. After one failed
 * nothing more is written under the claim. The end of a file that a crash tore is left out, and cut off by the next
 * claim; any other damage is an error that names the line. Each line has a CRC-32 and the token of its writer: lines
 * that a writer wrote after its claim was taken over are read past. Reading holds some 50 bytes for each entry. An entry
 * has at most 256 MiB, those above 64 KiB in files of their own; a run at most 4 GiB.
 *
 * The lock of a process that is gone is taken over, on the same machine; that of another machine is not.
 *
 * Errors: INVALID_OPTION; RUN_BUSY when somebody else has a run; JOURNAL_FAILED for what cannot be read or written.
 */
export function folderJournal(path: string): FolderJournal {
  if (typeof path !== "string" || path === "") {
    const message = `folderJournal(path): the path of a folder is expected; ${describeValue(path)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const root = resolve(path);
  const claims = new Map<string, OpenClaim>();
  return {
    async claim(runId) {
      const claim = await openClaim(runFolder(root, runId));
      claims.set(runId, claim);
      return {
        token: claim.token,
        spool: claim.spool,
        async release() {
          if (claims.get(runId) === claim) claims.delete(runId);
          await claim.release();
        },
      };
    },
    append(entry) {
      return claims.get(entry.runId)?.append(entry) ?? Promise.reject(notClaimed(entry.runId));
    },
    async *read(runId) {
      yield* readJournal(runFolder(root, runId));
    },
    list: () => listRuns(root),
    remove: async (runId) => removeRun(runFolder(root, runId)),
    compact: async (runId) => compactRun(runFolder(root, runId)),
    prune: async (options) => pruneRuns(root, checkOptions(pruneOptions, options, "prune(options)")),
  };
}
