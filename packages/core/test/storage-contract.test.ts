import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { describeStorageContract } from "../../contract/src/storage-contract.js";
import { createFolderStorage, folder } from "../src/storage/folder-storage.js";
import { memoryStorage } from "../src/storage/memory-storage.js";

const made: string[] = [];

afterAll(async () => {
  await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
});

describeStorageContract({ name: "memoryStorage", create: memoryStorage });

async function newPath(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-folder-"));
  made.push(path);
  return join(path, "made-when-needed");
}

describeStorageContract({ name: "folder", create: async () => folder(await newPath()) });

describeStorageContract({
  name: "a durable folder",
  create: async () => createFolderStorage(await newPath(), { isDurable: true, modes: { file: 0o600, folder: 0o700 } }),
});
