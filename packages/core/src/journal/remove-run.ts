import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { failing, failingAt } from "./journal-problem.js";
import { entriesOf, isOwnFolder } from "./list-runs.js";
import { lockIfThere } from "./lock-run.js";
import type { RunFolder } from "./run-folder.js";

/** No run's folder has such a name. */
const REMOVED_PREFIX = ".removed-";

/** Forgets a run; one that is not known is no error. RUN_BUSY, JOURNAL_FAILED. */
export async function removeRun(run: RunFolder): Promise<void> {
  try {
    if (!(await isOwnFolder(run))) return;
    const lock = await lockIfThere(run);
    if (lock === undefined) return;
    await removeLocked(run).catch(async (error: unknown) => {
      await lock.release().catch(() => undefined);
      throw error;
    });
  } catch (error) {
    failing(run.runId, "removed")(error);
  }
}

/** Forgets a run whose lock one has, and the lock with it. */
export async function removeLocked({ root, path }: RunFolder): Promise<void> {
  // Out of the way first, so that the run is there as a whole or not at all.
  const removed = join(root, `${REMOVED_PREFIX}${randomUUID()}`);
  await rename(path, removed);
  await rm(removed, { recursive: true, force: true });
}

/** Takes away what is left of runs whose removal a crash ended. JOURNAL_FAILED. */
export async function sweepRemoved(root: string): Promise<void> {
  for (const { name } of await entriesOf(root)) {
    if (!name.startsWith(REMOVED_PREFIX)) continue;
    await rm(join(root, name), { recursive: true, force: true }).catch(failingAt(root, "tidied up"));
  }
}
