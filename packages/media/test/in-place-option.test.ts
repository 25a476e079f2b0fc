import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embedManifest, extractManifest, recoverInPlace, stripManifest, verifyFile } from "../src/index.js";
import { goldenPath, goldenText } from "./golden-rows.js";

const manifest = parseManifest(goldenText("manifests/plain.json"));
const other = parseManifest(goldenText("manifests/markup.json"));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-in-place-option-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function copyOf(name: string): Promise<string> {
  const path = join(folder, "media");
  await copyFile(goldenPath(name), path);
  return path;
}

describe("the option inPlace", () => {
  it("changes the end of an MP4 where it lies, to the same bytes as a copy would have", async () => {
    const path = await copyOf("orig/mp4-video-only.mp4");
    const before = await readFile(path);
    const { ino } = await stat(path);
    const copied = join(folder, "copied");
    await embedManifest(path, manifest, { output: copied });
    expect(await embedManifest(path, manifest, { inPlace: true })).toMatchObject({ method: "embedded" });
    expect(await readFile(path)).toEqual(await readFile(copied));
    await embedManifest(path, other, { inPlace: true });
    expect((await extractManifest(path)).canonicalHash).toBe(other.canonicalHash);
    expect(await stripManifest(path, { inPlace: true })).toMatchObject({ isChanged: true });
    expect(await readFile(path)).toEqual(before);
    expect((await stat(path)).ino).toBe(ino);
  });

  it("writes a copy where more than the end changes, and where an output is named", async () => {
    const path = await copyOf("orig/png-rgb.png");
    const { ino } = await stat(path);
    await embedManifest(path, manifest, { inPlace: true });
    expect((await stat(path)).ino).not.toBe(ino);
    expect((await extractManifest(path)).canonicalHash).toBe(manifest.canonicalHash);
    const output = join(folder, "output");
    const before = await readFile(path);
    await embedManifest(path, other, { inPlace: true, output });
    expect(await readFile(path)).toEqual(before);
  });

  it("makes everyone wait for a file whose writer has not ended, until it is brought back", async () => {
    const path = await copyOf("orig/mp4-video-only.mp4");
    await writeFile(join(folder, ".media.genblaze-undo"), "torn");
    for (const work of [
      () => extractManifest(path),
      () => verifyFile(path),
      () => embedManifest(path, manifest),
      () => embedManifest(path, manifest, { inPlace: true }),
      () => stripManifest(path),
    ]) {
      const thrown = await work().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(GenblazeError.isInstance(thrown) && [thrown.code, thrown.message]).toEqual([
        "MEDIA_MALFORMED",
        `${path}: This file is being written in place. Wait until that has ended; if its writer died, call recoverInPlace (\`genblaze recover\`).`,
      ]);
    }
    expect(await recoverInPlace(path)).toBe("untouched");
    expect((await embedManifest(path, manifest)).method).toBe("embedded");
  });
});
