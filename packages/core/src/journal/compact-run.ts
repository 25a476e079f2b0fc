import { compactFile } from "./compact-file.js";
import { failing } from "./journal-problem.js";
import { isOwnFolder } from "./list-runs.js";
import { lockIfThere } from "./lock-run.js";
import { openIfThere } from "./read-journal.js";
import type { RunFolder } from "./run-folder.js";
import { scanJournal } from "./scan-journal.js";

/** Writes the file of a run anew without what no longer counts; of an unknown run there is none. RUN_BUSY, JOURNAL_FAILED. */
export async function compactRun(run: RunFolder): Promise<void> {
  try {
    const lock = (await isOwnFolder(run)) ? await lockIfThere(run) : undefined;
    if (lock === undefined) return;
    try {
      await compactLocked(run);
    } finally {
      await lock.release();
    }
  } catch (error) {
    failing(run.runId, "compacted")(error);
  }
}

async function compactLocked(run: RunFolder): Promise<void> {
  const handle = await openIfThere(run);
  if (handle === undefined) return;
  try {
    await compactFile(handle, await scanJournal(handle, run), run);
  } finally {
    await handle.close();
  }
}
