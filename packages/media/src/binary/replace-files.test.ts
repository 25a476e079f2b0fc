import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Replacement, replaceFiles } from "./replace-files.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
});
afterEach(() => rm(folder, { recursive: true }));

function textFile(name: string, text: string): Replacement {
  return { target: join(folder, name), mode: undefined, write: ({ handle }) => handle.writeFile(text) };
}

describe("replaceFiles", () => {
  it("writes all files", async () => {
    await writeFile(join(folder, "a"), "old");
    await replaceFiles([textFile("a", "new"), textFile("b", "new")]);
    expect(await readFile(join(folder, "a"), "utf8")).toBe("new");
    expect(await readFile(join(folder, "b"), "utf8")).toBe("new");
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });

  it.each([0, 1])("changes nothing when a folder has the name of file %i", async (index) => {
    const names = ["a", "b"];
    const taken = names[index] ?? "";
    const other = names[1 - index] ?? "";
    await mkdir(join(folder, taken));
    await writeFile(join(folder, other), "old");
    const work = replaceFiles([textFile("a", "new"), textFile("b", "new")]);
    await expect(work).rejects.toMatchObject({ code: "FILE_WRITE_FAILED", details: { path: join(folder, taken) } });
    expect(await readFile(join(folder, other), "utf8")).toBe("old");
    expect((await readdir(folder)).sort()).toEqual(names);
  });

  it("takes a new file away again when the next one cannot take its place", async () => {
    const target = join(folder, "b");
    const late: Replacement = { target, mode: undefined, write: async () => void (await mkdir(target)) };
    const work = replaceFiles([textFile("a", "new"), late]);
    await expect(work).rejects.toMatchObject({ code: "FILE_WRITE_FAILED", details: { path: target } });
    expect(await readdir(folder)).toEqual(["b"]);
    expect(await readdir(target)).toEqual([]);
  });

  it("does not take away a file that was there before, though its old content is gone by then", async () => {
    const target = join(folder, "b");
    await writeFile(join(folder, "a"), "old");
    const late: Replacement = { target, mode: undefined, write: async () => void (await mkdir(target)) };
    await expect(replaceFiles([textFile("a", "new"), late])).rejects.toMatchObject({ code: "FILE_WRITE_FAILED" });
    expect(await readFile(join(folder, "a"), "utf8")).toBe("new");
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });
});
