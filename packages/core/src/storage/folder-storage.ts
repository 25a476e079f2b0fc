import { randomUUID } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GenblazeError } from "../errors/genblaze-error.js";
import { makeDurableFolder, syncFolder } from "../internal/durable-folder.js";
import { mediaTypeOfName } from "../internal/media-types.js";
import { systemErrorCode } from "../internal/system-error-code.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { compareCodePoints } from "../json/compare-code-points.js";
import { describeValue } from "../options/describe-value.js";
import { assertKey } from "./check-key.js";
import { alreadyThere, notFound } from "./memory-storage.js";
import type { Storage, StorageBody, StoredObject } from "./storage.js";

const temporarySuffix = ".genblaze-part";

/**
 * A storage in a folder of this machine; the folder is made when first written to. A put goes to a temporary
 * file, which is flushed to disk and then renamed, so a key holds a whole object or none. Media types are not
 * kept: `head` tells them from the key's extension. A put with `ifAbsent` links the temporary file to its place, so the
 * file system must know hard links for it (STORAGE_FAILED).
 */
export function folder(path: string): Storage {
  return createFolderStorage(path, { isDurable: false });
}

/** How a storage in a folder writes. */
export interface FolderWriting {
  /** Whether what was put survives a loss of power: its folder's entry is flushed too, not only its bytes. */
  readonly isDurable: boolean;
  /** @default what the process gives to its files and folders */
  readonly modes?: { readonly file: number; readonly folder: number };
}

/** A {@link folder} that says how it writes. */
export function createFolderStorage(path: string, writing: FolderWriting): Storage {
  if (typeof path !== "string" || path === "") {
    throw new GenblazeError(
      "INVALID_OPTION",
      `folder(path): the path of a folder is expected; ${describeValue(path)} was given.`,
    );
  }
  const root = resolve(path);
  const fileOf = (key: string) => {
    assertKey(key);
    return join(root, ...key.split("/"));
  };
  return {
    name: "folder",
    async put(key, body, { mediaType, ifAbsent = false, signal } = {}) {
      const file = fileOf(key);
      const place = (from: string) => (ifAbsent ? linkNew(from, file, key) : rename(from, file));
      const sizeBytes = await writeWhole({ file, body, place, writing, signal }).catch(rethrow("write", key));
      return { key, sizeBytes, mediaType: mediaType ?? mediaTypeOfName(key) };
    },
    async get(key, { signal } = {}) {
      throwIfAborted(signal);
      const file = fileOf(key);
      const facts = await statFile(file, key);
      if (facts === undefined) throw notFound("folder", key);
      return chunksOf(file, key, signal);
    },
    async head(key, { signal } = {}) {
      throwIfAborted(signal);
      const facts = await statFile(fileOf(key), key);
      return facts && { key, sizeBytes: facts.sizeBytes, mediaType: mediaTypeOfName(key) };
    },
    list: (prefix, { signal } = {}) => listFolder(root, prefix, signal),
    async delete(key, { signal } = {}) {
      throwIfAborted(signal);
      await rm(fileOf(key), { force: true }).catch(rethrow("delete", key));
    },
    durableUrl: (key) => pathToFileURL(fileOf(key)).href,
    keyFromUrl: (url) => keyFromFileUrl(root, url),
  };
}

interface WholeFile {
  readonly file: string;
  readonly body: StorageBody;
  readonly place: (temporary: string) => Promise<void>;
  readonly writing: FolderWriting;
  readonly signal: AbortSignal | undefined;
}

async function writeWhole({ file, body, place, writing, signal }: WholeFile): Promise<number> {
  const { isDurable, modes } = writing;
  const parent = dirname(file);
  if (isDurable) await makeDurableFolder(parent, modes?.folder);
  else await mkdir(parent, { recursive: true, ...(modes === undefined ? {} : { mode: modes.folder }) });
  const temporary = `${file}.${randomUUID()}${temporarySuffix}`;
  try {
    const sizeBytes = await writeTemporary(temporary, body, modes?.file, signal);
    throwIfAborted(signal);
    await place(temporary);
    if (isDurable) await syncFolder(parent);
    return sizeBytes;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeTemporary(
  path: string,
  body: StorageBody,
  mode: number | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const handle = await open(path, "wx", mode);
  let sizeBytes = 0;
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      throwIfAborted(signal);
      await handle.writeFile(chunk);
      sizeBytes += chunk.byteLength;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return sizeBytes;
}

/** Renaming would replace what is there; linking fails, whichever process was first. */
async function linkNew(temporary: string, file: string, key: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    throw systemErrorCode(error) === "EEXIST" ? alreadyThere("folder", key, error) : error;
  }
  // The object stands in its place now; a second name that cannot be taken away is no failure of the put.
  await rm(temporary, { force: true }).catch(() => undefined);
}

async function* chunksOf(file: string, key: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(file, signal === undefined ? {} : { signal });
  } catch (error) {
    throwIfAborted(signal);
    rethrow("read", key)(error);
  }
}

async function statFile(file: string, key: string): Promise<{ sizeBytes: number } | undefined> {
  const facts = await stat(file).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return undefined;
    return rethrow("read", key)(error);
  });
  return facts?.isFile() === true ? { sizeBytes: facts.size } : undefined;
}

async function* listFolder(root: string, prefix: string, signal: AbortSignal | undefined): AsyncIterable<StoredObject> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown): Dirent[] => {
    if (systemErrorCode(error) === "ENOENT") return [];
    return rethrow("list", prefix)(error);
  });
  const keys = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(temporarySuffix))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join("/"),
    )
    .filter((key) => key.startsWith(prefix));
  for (const key of keys.sort(compareCodePoints)) {
    throwIfAborted(signal);
    const facts = await statFile(join(root, key), key);
    if (facts !== undefined) yield { key, sizeBytes: facts.sizeBytes, mediaType: mediaTypeOfName(key) };
  }
}

function keyFromFileUrl(root: string, url: string): string | undefined {
  if (!url.startsWith("file:") || !URL.canParse(url)) return undefined;
  const path = pathOf(url);
  return path?.startsWith(root + sep)
    ? path
        .slice(root.length + 1)
        .split(sep)
        .join("/")
    : undefined;
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    // A file URL with a host or an encoded slash: none that this storage made.
    return undefined;
  }
}

function rethrow(what: "read" | "write" | "list" | "delete", key: string): (error: unknown) => never {
  return (error) => {
    if (GenblazeError.isInstance(error)) throw error;
    throw new GenblazeError(
      "STORAGE_FAILED",
      `Storage "folder" could not ${what} ${JSON.stringify(key)} (${systemErrorCode(error) ?? "unknown cause"}). Check the folder's permissions and free space.`,
      { cause: error, details: { key } },
    );
  };
}
