import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { GenblazeError } from "../errors/genblaze-error.js";
import { groupCommit } from "../internal/group-commit.js";
import { type FileLock, lockFile } from "../internal/lock-file.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";
import type { Ledger } from "./ledger.js";
import { LEDGER_HEADER, readLedger, writeLedgerLine } from "./ledger-lines.js";

/** A file that is open for as long as somebody works with it. */
interface OpenFile {
  readonly entries: Map<string, JsonObject>;
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A ledger in a file of JSON lines, made when first used. Every entry is on disk (`fdatasync`) before the item it
 * speaks of is handed out; entries that come together share one. A line that a crash tore is cut off. While a batch is
 * under way the file is locked, by a file beside it with the ending `.lock`, so that no second process does the same
 * items; the lock of a process that is gone is taken over. All keys are held in memory, some 200 bytes each.
 *
 * Use one ledger for one batch: its keys say which items are done, and nothing of the pipeline that did them.
 *
 * Errors: INVALID_OPTION; when used, INVALID_JSON for a file that is no ledger or is damaged, STORAGE_FAILED when it is
 * in use or cannot be read or written.
 */
export function fileLedger(path: string): Ledger {
  if (typeof path !== "string" || path === "") {
    const message = `fileLedger(path): the path of a file is expected; ${describeValue(path)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  let sessions = 0;
  // One after the other: opening, and closing of the last session.
  let file: Promise<OpenFile> | undefined;
  let closing: Promise<void> = Promise.resolve();
  return {
    async open() {
      sessions += 1;
      // Whoever closed it has been told what went wrong then.
      file ??= closing.catch(() => undefined).then(() => openFile(path));
      const opening = file;
      let isOpen = true;
      async function close(): Promise<void> {
        if (!isOpen) return;
        isOpen = false;
        sessions -= 1;
        if (sessions > 0) return;
        file = undefined;
        closing = opening.then(
          (opened) => opened.close(),
          () => undefined,
        );
        await closing;
      }
      try {
        const { entries, append } = await opening;
        return {
          get: (key) => entries.get(key),
          async record(key, facts) {
            await append(writeLedgerLine({ key, facts }));
            entries.set(key, facts);
          },
          close,
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

async function openFile(path: string): Promise<OpenFile> {
  const lock = await lockIn(path).catch(fail("locked"));
  let handle: FileHandle | undefined;
  try {
    const opened = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
    handle = opened;
    const entries = await readFrom(opened);
    const append = groupCommit((lines) => write(opened, lines).catch(fail("written")));
    const close = () => opened.close().finally(lock.release).catch(fail("closed"));
    return { entries, append, close };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await lock.release();
    return fail("opened")(error);
  }
}

async function lockIn(path: string): Promise<FileLock> {
  await mkdir(dirname(path), { recursive: true });
  const lock = `${path}.lock`;
  return lockFile(lock, (who) => {
    const message = `The ledger is in use: ${lock} is there, of ${who}. Wait for the other batch to end; when there is none, on this machine or another, delete that file.`;
    return new GenblazeError("STORAGE_FAILED", message, { details: { lock } });
  });
}

/** The entries; afterwards the file ends with a whole line. */
async function readFrom(handle: FileHandle): Promise<Map<string, JsonObject>> {
  const { size } = await handle.stat();
  const chunks = handle.createReadStream({ autoClose: false, start: 0 });
  const { entries, wholeBytes } = await readLedger(chunks);
  if (wholeBytes === size && size > 0) return entries;
  await handle.truncate(wholeBytes);
  await write(handle, wholeBytes === 0 ? `${LEDGER_HEADER}\n` : "");
  return entries;
}

async function write(handle: FileHandle, lines: string): Promise<void> {
  await handle.appendFile(lines);
  await handle.datasync();
}

function fail(what: string): (error: unknown) => never {
  return (error) => {
    if (GenblazeError.isInstance(error)) throw error;
    const message = `The ledger could not be ${what} (${systemErrorCode(error) ?? "unknown cause"}). Check its folder's permissions and free space.`;
    throw new GenblazeError("STORAGE_FAILED", message, { cause: error });
  };
}
