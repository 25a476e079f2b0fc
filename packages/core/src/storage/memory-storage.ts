import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { compareCodePoints } from "../json/compare-code-points.js";
import { assertKey } from "./check-key.js";
import { readAll } from "./read-all.js";
import type { Storage, StoredObject } from "./storage.js";

interface Held {
  readonly bytes: Uint8Array;
  readonly stored: StoredObject;
}

const urlPrefix = "memory:///";

/** A storage that lives as long as the process; for tests and small runs. */
export function memoryStorage(): Storage {
  const objects = new Map<string, Held>();
  return {
    name: "memory",
    async put(key, body, { mediaType, ifAbsent = false, signal } = {}) {
      assertKey(key);
      const bytes = body instanceof Uint8Array ? body.slice() : await readAll(body);
      throwIfAborted(signal);
      // No await between looking and putting.
      if (ifAbsent && objects.has(key)) throw alreadyThere("memory", key);
      const stored = { key, sizeBytes: bytes.byteLength, mediaType };
      objects.set(key, { bytes, stored });
      return stored;
    },
    async get(key, { signal } = {}) {
      throwIfAborted(signal);
      const held = objects.get(key);
      if (held === undefined) throw notFound("memory", key);
      return only(held.bytes.slice());
    },
    async head(key, { signal } = {}) {
      throwIfAborted(signal);
      return objects.get(key)?.stored;
    },
    async *list(prefix, { signal } = {}) {
      for (const key of [...objects.keys()].sort(compareCodePoints)) {
        throwIfAborted(signal);
        const stored = objects.get(key)?.stored;
        if (stored !== undefined && key.startsWith(prefix)) yield stored;
      }
    },
    async delete(key, { signal } = {}) {
      throwIfAborted(signal);
      objects.delete(key);
    },
    durableUrl: (key) => urlPrefix + key.split("/").map(encodeURIComponent).join("/"),
    keyFromUrl: (url) => (url.startsWith(urlPrefix) ? decoded(url.slice(urlPrefix.length)) : undefined),
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray "%": no URL that this storage made.
    return undefined;
  }
}

/** The error of a storage that holds nothing under a key. */
export function notFound(storage: string, key: string): GenblazeError {
  return new GenblazeError("STORAGE_NOT_FOUND", `Storage "${storage}" holds nothing under ${JSON.stringify(key)}.`, {
    details: { storage, key },
  });
}

/** The error of a conditional put under a key that holds something. */
export function alreadyThere(storage: string, key: string, cause?: unknown): GenblazeError {
  const message = `Storage "${storage}" already holds something under ${JSON.stringify(key)}, and it was to be put only if there was nothing. Read what is there.`;
  return new GenblazeError("STORAGE_CONFLICT", message, { cause, details: { storage, key } });
}

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
