import { join } from "node:path";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { describeValue } from "../options/describe-value.js";

/** Only the owner reads a journal: it may hold a live signed URL. */
export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

const MAX_RUN_ID_LENGTH = 200;
/** Names that are the same on every file system, also on one that does not tell upper from lower case. */
const PLAIN_NAME = /^[a-z0-9][a-z0-9_-]*$/;
/** What Windows takes for a device, whatever follows. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** Where a run of a folder journal has its files. */
export interface RunFolder {
  readonly runId: string;
  /** The folder that holds all runs. */
  readonly root: string;
  readonly path: string;
  readonly journal: string;
  /** Where a compacted journal is written before it takes the place of the other. */
  readonly compacted: string;
  readonly lock: string;
  readonly spool: string;
  readonly blobs: string;
}

/** The places of a run. INVALID_OPTION for what is no run id. */
export function runFolder(root: string, runId: string): RunFolder {
  assertRunId(runId);
  const path = join(root, folderNameOf(runId));
  return {
    runId,
    root,
    path,
    journal: journalIn(path),
    compacted: `${journalIn(path)}.compacted`,
    lock: join(path, "lock"),
    spool: join(path, "spool"),
    blobs: join(path, "blobs"),
  };
}

/**
 * The name of a run's folder: the id itself when any file system keeps it as it is, else `~` and the id's SHA-256; the
 * id then stands in the journal's first line. No id has the name of another, and no name has more than 255 bytes.
 */
export function folderNameOf(runId: string): string {
  if (PLAIN_NAME.test(runId) && !DEVICE_NAME.test(runId)) return runId;
  return `~${sha256OfBytes(new TextEncoder().encode(runId))}`;
}

/** The file of the journal in a run's folder. */
export function journalIn(path: string): string {
  return join(path, "journal.jsonl");
}

function assertRunId(runId: unknown): asserts runId is string {
  const isText = typeof runId === "string";
  if (isText && runId !== "" && runId.length <= MAX_RUN_ID_LENGTH && runId.isWellFormed()) return;
  const came = isText ? `one of ${runId.length} characters` : describeValue(runId);
  const message = `A run id is a text of 1 to ${MAX_RUN_ID_LENGTH} characters without half surrogate pairs; ${came} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
