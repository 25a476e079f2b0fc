import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../internal/system-error-code.js";
import { failing } from "./journal-problem.js";
import { isOwnFolder } from "./list-runs.js";
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
      await lock.release();
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

/** Takes away what is left of runs whose removal a crash ended. */
export async function sweepRemoved(root: string): Promise<void> {
  for (const name of await readdir(root).catch(noneIfMissing)) {
    if (name.startsWith(REMOVED_PREFIX)) await rm(join(root, name), { recursive: true, force: true });
  }
}

function noneIfMissing(error: unknown): readonly string[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}
