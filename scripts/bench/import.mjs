// What `import "@genblaze/core"` costs: time in a new process, and size of the bundle with zod left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "tsup";
import { root } from "../workspace.mjs";
import { median } from "./median.mjs";

const rounds = 11;
const program =
  'const start = performance.now(); await import("@genblaze/core"); console.log(performance.now() - start)';

function importMs() {
  const words = ["--input-type=module", "-e", program];
  return Number(spawnSync(process.execPath, words, { cwd: join(root, "packages/genblaze"), encoding: "utf8" }).stdout);
}

async function bundleKilobytes() {
  const outDir = mkdtempSync(join(tmpdir(), "genblaze-bundle-"));
  try {
    await build({
      config: false,
      entry: [join(root, "packages/core/dist/index.js")],
      outDir,
      format: ["esm"],
      platform: "node",
      minify: true,
      silent: true,
      noExternal: [/^(?!zod)/],
      external: ["zod"],
    });
    const files = readdirSync(outDir).filter((file) => file.endsWith(".js"));
    return gzipSync(Buffer.concat(files.map((file) => readFileSync(join(outDir, file))))).length / 1_000;
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

console.log(
  JSON.stringify([
    {
      what: 'import "@genblaze/core"',
      measured: median(Array.from({ length: rounds }, importMs)),
      unit: "ms",
      goal: 50,
    },
    { what: "the same as a bundle, gzip, zod not counted", measured: await bundleKilobytes(), unit: "kB", goal: 40 },
  ]),
);
