import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { describeStorageContract } from "../../contract/src/storage-contract.js";
import { folder } from "../src/storage/folder-storage.js";
import { memoryStorage } from "../src/storage/memory-storage.js";

const made: string[] = [];

afterAll(async () => {
  await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
});

describeStorageContract({ name: "memoryStorage", create: memoryStorage });

describeStorageContract({
  name: "folder",
  create: async () => {
    const path = await mkdtemp(join(tmpdir(), "genblaze-folder-"));
    made.push(path);
    return folder(join(path, "made-when-needed"));
  },
});
