import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { GenblazeError } from "../errors/genblaze-error.js";
import { abortError, throwIfAborted } from "../internal/throw-if-aborted.js";

/** Writes a file through a temporary one beside it, so that the path holds the old file or the whole new one. FILE_WRITE_FAILED, CANCELLED. */
export async function writeWholeFile(
  path: string,
  bytes: Uint8Array | string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  throwIfAborted(signal);
  const temporary = `${path}.${randomUUID()}.genblaze-part`;
  try {
    await writeFile(temporary, bytes, { flag: "wx", ...(signal === undefined ? {} : { signal }) });
    await rename(temporary, path);
  } catch (error) {
    // Where even this fails there is nothing to take away; the first error is the one that counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (signal?.aborted === true) throw abortError(signal.reason);
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown cause";
    const message = `Could not write ${path} (${code}). Check that its folder exists and is writable.`;
    throw new GenblazeError("FILE_WRITE_FAILED", message, { cause: error, details: { path } });
  }
}
