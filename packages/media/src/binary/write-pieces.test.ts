import { link, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteSource, GenblazeError } from "@genblaze/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFileSource } from "./file-source.js";
import { writePieces } from "./write-pieces.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("writePieces", () => {
  it("patches a copy where ranges keep their place, and writes in order where they do not", async () => {
    const path = join(folder, "source");
    const target = join(folder, "target");
    await writeFile(path, "0123456789");
    const source = await openFileSource(path);
    const fresh = { kind: "bytes", bytes: Uint8Array.of(65, 66) } as const;
    const layouts = [
      { pieces: [{ kind: "copy", start: 0, end: 10 }, fresh], text: "0123456789AB" },
      { pieces: [{ kind: "copy", start: 0, end: 3 }, fresh, { kind: "copy", start: 5, end: 10 }], text: "012AB56789" },
      { pieces: [{ kind: "copy", start: 0, end: 3 }], text: "012" },
      { pieces: [fresh, { kind: "copy", start: 0, end: 10 }], text: "AB0123456789" },
      {
        pieces: [
          { kind: "copy", start: 5, end: 10 },
          { kind: "copy", start: 0, end: 2 },
        ],
        text: "5678901",
      },
      { pieces: [], text: "" },
    ] as const;
    for (const { pieces, text } of layouts) {
      await writePieces([{ target, source, pieces }]);
      expect(await readFile(target, "utf8")).toBe(text);
    }
    await source.close();
  });

  it("copies the file that was opened, not another that took its path", async () => {
    const path = join(folder, "source");
    const target = join(folder, "target");
    await writeFile(path, "old");
    await link(path, join(folder, "kept"));
    const source = await openFileSource(path);
    await writeFile(join(folder, "new"), "new");
    await rename(join(folder, "new"), path);
    await writePieces([{ target, source, pieces: [{ kind: "copy", start: 0, end: 3 }] }]);
    expect(await readFile(target, "utf8")).toBe("old");
    await source.close();
  });

  it("leaves the old file and nothing else when reading fails midway", async () => {
    const target = join(folder, "target");
    await writeFile(target, "old");
    const failing: ByteSource = {
      sizeBytes: 4_000_000,
      async read(offset, length) {
        if (offset > 1_000_000) throw new GenblazeError("MEDIA_MALFORMED", "gone");
        return new Uint8Array(length);
      },
    };
    const work = writePieces([{ target, source: failing, pieces: [{ kind: "copy", start: 0, end: 4_000_000 }] }]);
    await expect(work).rejects.toMatchObject({ code: "MEDIA_MALFORMED" });
    expect(await readFile(target, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["target"]);
  });

  it("passes over temporary names that a killed process left", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `.genblaze-${process.pid}-${index}.tmp`);
    for (const name of names) await writeFile(join(folder, name), "left");
    const target = join(folder, "target");
    const source: ByteSource = { sizeBytes: 0, read: async () => new Uint8Array() };
    await writePieces([{ target, source, pieces: [{ kind: "bytes", bytes: Uint8Array.of(65) }] }]);
    expect(await readFile(target, "utf8")).toBe("A");
    expect((await readdir(folder)).sort()).toEqual([...names, "target"].sort());
  });
});
