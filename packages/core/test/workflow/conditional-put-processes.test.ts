import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../src/storage/folder-storage.ts", import.meta.url));
const script = `
import { folder } from ${JSON.stringify(source)};
const [path, name] = process.argv.slice(2);
const storage = folder(path);
const won = [];
for (let number = 0; number < 40; number++) {
  try {
    await storage.put("entries/" + number, new TextEncoder().encode(name), { ifAbsent: true });
    won.push(number);
  } catch (error) {
    if (error.code !== "STORAGE_CONFLICT") throw error;
  }
}
console.log(JSON.stringify(won));
`;
let place = "";

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "genblaze-processes-"));
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

it("lets one of several processes put under each key of a folder", async () => {
  const bundled = await build({
    stdin: { contents: script, resolveDir: place, loader: "js" },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const program = join(place, "writer.mjs");
  await writeFile(program, bundled.outputFiles[0]?.text ?? "");
  const names = ["a", "b", "c", "d"];
  const ends = await Promise.all(names.map((name) => run(process.execPath, [program, join(place, "store"), name])));
  const won = ends.flatMap(({ stdout }) => JSON.parse(stdout) as number[]);
  expect(won.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 40 }, (_, number) => number));
});
