import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { systemErrorCode } from "./system-error-code.js";

/** Longer files are no locks of ours. */
const MAX_LOCK_BYTES = 4_096;

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Tells processes apart that have one id after the other, as in restarted containers; null in a worker thread. */
  readonly startedAt: number | null;
}

/** A lock that was taken. */
export interface FileLock {
  /** Whether it is still there and this one: somebody may have deleted it by hand, and another one locked since. */
  isHeld(): Promise<boolean>;
  /** Gives it back; one that somebody else has by now stays. */
  release(): Promise<void>;
}

/** So often somebody else may give a lock back, or die with it, while it is being taken. */
const MAX_TRIES = 10;

/**
 * Makes sure that one process at a time does something. The lock is a file that appears once and whole (`link`). A lock
 * whose process of this machine is gone, as after a crash, is taken over; of another machine's processes nothing is
 * known, so theirs stay. When somebody else has it, throws what `held` makes of the words for who that is.
 */
export async function lockFile(lock: string, held: (who: string) => GenblazeError): Promise<FileLock> {
  const own = JSON.stringify({ ...ownHolder(), id: randomUUID() });
  for (let tries = 1; !(await create(lock, own)); tries++) {
    const text = await readIfThere(lock);
    if (text === undefined && tries < MAX_TRIES) continue;
    if (text === undefined || isAlive(text) || tries === MAX_TRIES) throw held(describeHolder(text));
    await removeDead(lock, text, held);
  }
  const isHeld = async () => (await readIfThere(lock)) === own;
  return {
    isHeld,
    async release() {
      if (await isHeld()) await rm(lock, { force: true });
    },
  };
}

/** Whether somebody has a lock. */
export async function isLocked(lock: string): Promise<boolean> {
  const text = await readIfThere(lock);
  return text !== undefined && isAlive(text);
}

/** Puts the lock in its place with all that it says, or finds one there. */
async function create(lock: string, text: string): Promise<boolean> {
  const part = `${lock}.${randomUUID()}.part`;
  try {
    const file = await open(part, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await link(part, lock);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
  }
}

/**
 * Takes a lock away whose process is gone. One process at a time may do that, else a slow one could take away the new
 * lock of a fast one. It has the lock for exactly this file, by what stands in it: a process that dies here leaves one
 * that is taken over in the same way.
 */
async function removeDead(lock: string, text: string, held: (who: string) => GenblazeError): Promise<void> {
  const guard = await lockFile(`${lock}.${sha256OfBytes(new TextEncoder().encode(text)).slice(0, 16)}`, held);
  try {
    if ((await readIfThere(lock)) === text) await rm(lock, { force: true });
  } finally {
    await guard.release();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LOCK_BYTES), 0, MAX_LOCK_BYTES, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the process of a lock may still be there. */
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
    return systemErrorCode(error) !== "ESRCH";
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

function describeHolder(text: string | undefined): string {
  const holder = readHolder(text ?? "");
  if (holder === undefined) return "somebody unknown";
  if (holder.host !== hostname()) return `process ${holder.pid} of machine ${holder.host}`;
  return holder.pid === process.pid ? `this process, ${holder.pid}` : `process ${holder.pid} of this machine`;
}
