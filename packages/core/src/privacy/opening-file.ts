import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { GenblazeError } from "../errors/genblaze-error.js";
import { parseOpening } from "./check-opening.js";
import type { Opening } from "./opening.js";

/** Owner reads and writes. */
const PRIVATE_MODE = 0o600;

/**
 * Writes an opening to a new file that only its owner reads, in a folder that is made where it is missing. An existing
 * file is never replaced.
 *
 * @throws GenblazeError `FILE_WRITE_FAILED`
 */
export async function writeOpening(path: string, opening: Opening): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "wx", PRIVATE_MODE);
    try {
      await file.writeFile(`${JSON.stringify(opening, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const said = cause instanceof Error ? cause.message : String(cause);
    const advice = isThere ? "Give a path where no file is." : "Check its folder, or give another path.";
    const message = `The opening was not written to ${path}: ${said}. ${advice}`;
    throw new GenblazeError("FILE_WRITE_FAILED", message, { cause, details: { path } });
  }
}

/**
 * Reads an opening.
 *
 * @throws GenblazeError `OPENING_INVALID`, `FILE_NOT_FOUND`
 */
export async function readOpening(path: string): Promise<Opening> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : String(cause);
    const message = `The opening ${path} cannot be read: ${said}. Check the path.`;
    throw new GenblazeError("FILE_NOT_FOUND", message, { cause, details: { path } });
  });
  return parseOpening(text);
}
