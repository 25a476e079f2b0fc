import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { GenblazeError } from "../errors/genblaze-error.js";

export interface OpenLocalFileOptions {
  readonly fileRoots: readonly string[];
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The bytes of a file whose real path is below one of the roots. DOWNLOAD_REFUSED, DOWNLOAD_FAILED. */
export async function openLocalFile(url: string, options: OpenLocalFileOptions): Promise<AsyncIterable<Uint8Array>> {
  const path = toPath(url);
  const realPath = await realpath(path).catch((cause: unknown) => {
    throw new GenblazeError("DOWNLOAD_FAILED", `${path} is not there.`, { cause, isRetryable: false });
  });
  const roots = await Promise.all(options.fileRoots.map((root) => realpath(root).catch(() => undefined)));
  if (!roots.some((root) => root !== undefined && isBelow(realPath, root))) {
    throw new GenblazeError(
      "DOWNLOAD_REFUSED",
      `${path} is outside of the allowed folders. Allow its folder (fileRoots, --allow-folder) to read it.`,
    );
  }
  await assertReadable(realPath, options.maxBytes);
  return createReadStream(realPath, options.signal === undefined ? {} : { signal: options.signal });
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new GenblazeError("DOWNLOAD_REFUSED", "This file URL names no file of this machine.", { cause });
  }
}

async function assertReadable(path: string, maxBytes: number): Promise<void> {
  const facts = await stat(path);
  // Opening a pipe waits for its writer, and a device may never end.
  if (!facts.isFile()) throw new GenblazeError("DOWNLOAD_REFUSED", `${path} is no file.`);
  if (facts.size <= maxBytes) return;
  const message = `${path} has ${facts.size} bytes, more than the ${maxBytes} that are allowed.`;
  throw new GenblazeError("DOWNLOAD_FAILED", message, { isRetryable: false });
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
