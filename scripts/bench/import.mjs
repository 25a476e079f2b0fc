// What `import "@genblaze/core"` costs: time in a new process, and size of the bundle with zod left out: of what the
// import itself loads, and of that with what a run may load later, for a signature, a saved file or a report.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "tsup";
import { root } from "../workspace.mjs";
import { median } from "./median.mjs";

const rounds = 11;
const programOf = (name) =>
  `const start = performance.now(); await import("${name}"); console.log(performance.now() - start)`;

function importMs(folder, name) {
  const words = ["--input-type=module", "-e", programOf(name)];
  return Number(spawnSync(process.execPath, words, { cwd: join(root, folder), encoding: "utf8" }).stdout);
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
      metafile: true,
      silent: true,
      noExternal: [/^(?!zod)/],
      external: ["zod"],
    });
    const { outputs } = JSON.parse(readFileSync(join(outDir, "metafile-esm.json"), "utf8"));
    const kilobytesOf = (files) =>
      gzipSync(Buffer.concat(files.map((file) => readFileSync(join(outDir, basename(file)))))).length / 1_000;
    const all = Object.keys(outputs).filter((file) => file.endsWith(".js"));
    const entry = all.filter((file) => basename(file) === "index.js");
    return { atOnce: kilobytesOf(loadedBy(entry, outputs)), altogether: kilobytesOf(all) };
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

/** The files that these import, and so on, without what is imported when it is used. */
function loadedBy(files, outputs) {
  const loaded = new Set(files);
  for (const file of loaded) {
    for (const { path, kind, external } of outputs[file].imports) {
      if (kind === "import-statement" && !external) loaded.add(path);
    }
  }
  return [...loaded];
}

// Turn by turn, so that the machine's mood strikes both alike.
const [withCore, zodAlone] = [[], []];
for (let round = 0; round < rounds; round++) {
  withCore.push(importMs("packages/genblaze", "@genblaze/core"));
  zodAlone.push(importMs("packages/core", "zod"));
}
const { atOnce, altogether } = await bundleKilobytes();
const what = 'import "@genblaze/core"';
const note = `zod alone ${median(zodAlone).toFixed(0)} ms`;
console.log(
  JSON.stringify([
    { what, measured: median(withCore), unit: "ms", goal: 50, note },
    { what: `${what}, gzip, zod not counted`, measured: atOnce, unit: "kB", goal: 40 },
    { what: "the same with what is loaded when it is used", measured: altogether, unit: "kB" },
  ]),
);
