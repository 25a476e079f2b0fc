import { makeDurableFolder } from "../internal/durable-folder.js";
import { type FileLock, lockFile } from "../internal/lock-file.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import { runBusy } from "./run-busy.js";
import { FOLDER_MODE, type RunFolder } from "./run-folder.js";

/** Somebody may remove the run between the making of its folder and its lock. */
const MAX_TRIES = 5;

/** Locks a run and makes its folder if need be. RUN_BUSY. */
export async function lockRun(run: RunFolder): Promise<FileLock> {
  for (let tries = 1; ; tries++) {
    await makeDurableFolder(run.path, FOLDER_MODE);
    const lock = await lockIfThere(run, tries < MAX_TRIES);
    if (lock !== undefined) return lock;
  }
}

/** Locks a run that is there; undefined for one that is not. RUN_BUSY. */
export async function lockIfThere(run: RunFolder, isMissingAllowed = true): Promise<FileLock | undefined> {
  try {
    return await lockFile(run.lock, (who) => runBusy(run.runId, describe(who, run)));
  } catch (error) {
    if (isMissingAllowed && systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function describe(who: string, { lock }: RunFolder): string {
  return `${who} has it (when there is no such process any more, delete ${lock})`;
}
