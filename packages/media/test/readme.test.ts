import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseManifest } from "@genblaze/core/manifest";
import { expect, it } from "vitest";
import * as media from "../src/index.js";
import { goldenPath } from "./golden-rows.js";

const NAMES = [
  "readFile",
  "parseManifest",
  "embedManifest",
  "extractManifest",
  "stripManifest",
  "verifyFile",
  "console",
];

it("runs the example of the README", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const block = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const body = block.replaceAll(/^import .*\n/gm, "");
  const folder = await mkdtemp(join(tmpdir(), "genblaze-media-"));
  const home = process.cwd();
  const printed: unknown[] = [];
  try {
    process.chdir(folder);
    await copyFile(goldenPath("manifests/plain.json"), "scene.json");
    await copyFile(goldenPath("orig/png-rgb.png"), "scene.png");
    const known = {
      ...media,
      readFile,
      parseManifest,
      console: { log: (...values: unknown[]) => printed.push(...values) },
    };
    const values = NAMES.map((name) => Reflect.get(known, name));
    await new Function(...NAMES, `return (async () => {${body}})();`)(...values);
    expect(await readFile("scene.back.png")).toEqual(await readFile("scene.png"));
  } finally {
    process.chdir(home);
    await rm(folder, { recursive: true });
  }
  const hash = "25532dcbc1af955985d286325376e187870601f605d155c45c616953ac4d6fcb";
  expect(printed).toEqual(["embedded", hash, "matches", "differs"]);
});
