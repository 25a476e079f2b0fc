import { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import type { Transition } from "../run/transitions.js";
import { createFolderStorage, type FolderWriting } from "../storage/folder-storage.js";
import { readAll } from "../storage/read-all.js";
import type { Storage } from "../storage/storage.js";
import { type EntryContent, inlineContent, parseObject } from "./journal-lines.js";
import { damagedLine, refusedEntry } from "./journal-problem.js";
import { FILE_MODE, FOLDER_MODE, type RunFolder } from "./run-folder.js";

/** As much as a provider's answer in words may be; it is held in memory. */
const MAX_ENTRY_BYTES = 256 * 1024 ** 2;

/** How everything of a run is written: on disk when it is said to be, and for its owner only. */
export const PRIVATE_AND_DURABLE: FolderWriting = {
  isDurable: true,
  modes: { file: FILE_MODE, folder: FOLDER_MODE },
};

type BlobContent = Extract<EntryContent, { kind: "blob" }>;

/** Where transitions are kept that are too large for a line. */
export interface LargeEntries {
  /** Keeps a transition in JSON under its SHA-256; it is on disk when the promise resolves. JOURNAL_FAILED. */
  keep(text: string): Promise<BlobContent>;
  /** The transition that a line stands for. JOURNAL_FAILED, naming the line, when it is not what was kept. */
  read(content: BlobContent, line: number): Promise<Transition>;
  /** Forgets those that no line stands for any more. */
  keepOnly(hashes: ReadonlySet<string>): Promise<void>;
}

/** The large transitions of a run. */
export function createLargeEntries(run: RunFolder): LargeEntries {
  const blobs = createFolderStorage(run.blobs, PRIVATE_AND_DURABLE);
  return {
    async keep(text) {
      const bytes = new TextEncoder().encode(text);
      const sizeBytes = bytes.byteLength;
      if (sizeBytes > MAX_ENTRY_BYTES) {
        throw refusedEntry(run.runId, `it has ${sizeBytes} bytes, and at most ${MAX_ENTRY_BYTES} are taken`);
      }
      const sha256 = sha256OfBytes(bytes);
      await blobs.put(sha256, bytes);
      return { kind: "blob", sha256, sizeBytes };
    },
    async read(content, line) {
      const bytes = await readBlob(blobs, content).catch(missingAs(run, line));
      const value = bytes && sha256OfBytes(bytes) === content.sha256 ? parseObject(bytes) : undefined;
      const transition = value && inlineContent(value)?.transition;
      if (transition === undefined)
        throw damagedLine(run, line, `the file ${content.sha256} is not what it stands for`);
      return transition;
    },
    async keepOnly(hashes) {
      for await (const { key } of blobs.list("")) {
        if (!hashes.has(key)) await blobs.delete(key);
      }
    },
  };
}

async function readBlob(blobs: Storage, { sha256, sizeBytes }: BlobContent): Promise<Uint8Array | undefined> {
  const stored = await blobs.head(sha256);
  // What is read is as large as the file, whatever the line says.
  if (stored !== undefined && (stored.sizeBytes !== sizeBytes || sizeBytes > MAX_ENTRY_BYTES)) return undefined;
  return readAll(await blobs.get(sha256));
}

function missingAs(run: RunFolder, line: number): (error: unknown) => never {
  return (error) => {
    if (!GenblazeError.isInstance(error) || error.code !== "STORAGE_NOT_FOUND") throw error;
    throw damagedLine(run, line, "the file that it stands for is gone", error);
  };
}
