import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFileSource } from "./file-source.js";

const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 31) % 251);
let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
  path = join(folder, "file");
  await writeFile(path, bytes);
});
afterEach(() => rm(folder, { recursive: true }));

describe("openFileSource", () => {
  it("reads any range, near or far, small or large", async () => {
    const source = await openFileSource(path);
    for (const [offset, length] of [
      [0, 8],
      [4, 8],
      [4090, 12],
      [9000, 9000],
      [4095, 1],
      [19_999, 1],
      [20_000, 0],
      [0, 20_000],
    ]) {
      const [from = 0, count = 0] = [offset, length];
      expect(await source.read(from, count)).toEqual(bytes.subarray(from, from + count));
    }
    await source.close();
  });

  it("refuses ranges past the end, and notices a file that became shorter", async () => {
    const source = await openFileSource(path);
    await expect(source.read(19_999, 2)).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
    await truncate(path, 100);
    await expect(source.read(10_000, 8)).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
    await source.close();
  });

  it("knows whether its path still leads to it", async () => {
    const source = await openFileSource(path);
    expect(await source.isStillAt(path)).toBe(true);
    const other = join(folder, "other");
    await writeFile(other, "");
    expect(await source.isStillAt(other)).toBe(false);
    await rm(path);
    expect(await source.isStillAt(path)).toBe(false);
    await source.close();
  });
});
