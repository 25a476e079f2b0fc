import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { syncFolder } from "../internal/durable-folder.js";
import { compactFile } from "./compact-file.js";
import { createClaim, type OpenClaim } from "./create-claim.js";
import { writeClaim, writeHeader } from "./journal-lines.js";
import { failing } from "./journal-problem.js";
import { CURRENT_VERSION } from "./journal-versions.js";
import { lockRun } from "./lock-run.js";
import { FILE_MODE, type RunFolder } from "./run-folder.js";
import { type JournalScan, scanJournal } from "./scan-journal.js";

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
    // The first error says more; a lock that stays is taken over once this process is gone.
    await lock.release().catch(() => undefined);
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
