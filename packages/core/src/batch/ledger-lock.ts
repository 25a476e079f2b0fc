import { open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { isMainThread } from "node:worker_threads";
import { GenblazeError } from "../errors/genblaze-error.js";

/** Longer files are no locks of ours. */
const MAX_LOCK_BYTES = 4_096;

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Tells processes apart that have one id after the other, as in restarted containers; null in a worker thread. */
  readonly startedAt: number | null;
}

/**
 * Makes sure that one process at a time writes a file: two would do, and pay for, the same items. The lock is a file
 * beside it that can be created once (`open` with `wx`). A lock whose process of this machine is gone, as after a
 * crash, is taken over; of another machine's processes nothing is known, so theirs stay. Gives the function that
 * takes the lock away. STORAGE_FAILED when somebody else has it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const own = JSON.stringify(ownHolder());
  if (!(await create(lock, own)) && !((await removeStale(lock)) && (await create(lock, own)))) throw held(lock);
  return () => rm(lock, { force: true });
}

async function create(lock: string, text: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    await file.writeFile(text).finally(() => file.close());
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes a lock away whose process is gone; false when it is held. One process at a time may do that, which a second
 * file guards: else a slow one could take away the new lock of a fast one.
 */
async function removeStale(lock: string): Promise<boolean> {
  const guard = `${lock}.takeover`;
  if (!(await create(guard, JSON.stringify(ownHolder())))) return false;
  try {
    const text = await readIfThere(lock);
    if (text !== undefined && isAlive(text)) return false;
    await rm(lock, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).slice(0, MAX_LOCK_BYTES);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the process of a lock may still be there. An empty lock is one that was just created. */
function isAlive(text: string): boolean {
  const holder = readHolder(text);
  if (holder === undefined || holder.host !== hostname()) return true;
  const own = ownHolder();
  if (holder.pid === own.pid) {
    return holder.startedAt === null || own.startedAt === null || holder.startedAt === own.startedAt;
  }
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) !== "ESRCH";
  }
}

function ownHolder(): Holder {
  return { host: hostname(), pid: process.pid, startedAt: isMainThread ? performance.timeOrigin : null };
}

function readHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const [host, pid, startedAt] = ["host", "pid", "startedAt"].map((key): unknown => Reflect.get(value, key));
    // 0 and below would ask for whole groups of processes.
    if (typeof host !== "string" || typeof pid !== "number" || !Number.isInteger(pid) || pid < 1) return undefined;
    return { host, pid, startedAt: typeof startedAt === "number" ? startedAt : null };
  } catch {
    return undefined;
  }
}

function held(lock: string): GenblazeError {
  const message = `The ledger is in use: ${lock} is there. Wait for the other batch to end; when there is none, on this machine or another, delete that file, and ${lock}.takeover if it is there.`;
  return new GenblazeError("STORAGE_FAILED", message, { details: { lock } });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
