import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileLedger } from "../src/batch/file-ledger.js";

const core = resolve(import.meta.dirname, "..");

/** Records keys, several at a time, and prints each when the ledger says that it is on disk. */
const SCRIPT = `
import { fileLedger } from "./src/batch/file-ledger.ts";
const [path, from] = process.argv.slice(2);
const session = await fileLedger(path).open();
for (let next = Number(from); ; next += 3) {
  const keys = [next, next + 1, next + 2].map(String);
  await Promise.all(keys.map((key) => session.record(key, { words: "x".repeat(500) })));
  for (const key of keys) process.stdout.write(key + "\\n");
}
`;

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-crash-"));
  await build({
    stdin: { contents: SCRIPT, resolveDir: core, sourcefile: "crash.ts", loader: "ts" },
    absWorkingDir: core,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@genblaze/source"],
    outfile: join(folder, "crash.mjs"),
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the script until it has printed so many keys, and kills it. */
async function recordUntilKilled(path: string, from: number, atLeast: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(folder, "crash.mjs"), path, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const keys: string[] = [];
  for await (const key of createInterface(child.stdout)) {
    keys.push(key);
    if (keys.length === atLeast) child.kill("SIGKILL");
  }
  await exited;
  return keys;
}

describe("a ledger whose process is killed", () => {
  it("has everything that was acknowledged, and goes on in the next process", async () => {
    const path = join(folder, "batch.jsonl");
    const acknowledged: string[] = [];
    for (const atLeast of [1, 17, 50]) {
      const keys = await recordUntilKilled(path, acknowledged.length * 1_000, atLeast);
      expect(keys.length).toBeGreaterThanOrEqual(atLeast);
      // It had no time to take its lock away.
      expect((await stat(`${path}.lock`)).isFile()).toBe(true);
      acknowledged.push(...keys);
    }
    const session = await fileLedger(path).open();
    expect(acknowledged.filter((key) => session.get(key) === undefined)).toEqual([]);
    await session.close();
  });
});
