// `pnpm verify`: everything that must be green before a change is shown, with the time each part took. `--without NAME`
// leaves out a part that whoever calls has just done itself.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { ensureInstalled, root } from "./workspace.mjs";

const tool = (name, ...words) => [`node_modules/.bin/${name}`, words];

/** @type {readonly (readonly [name: string, command: readonly [string, readonly string[]]])[]} */
const gates = [
  ["format and lint", tool("biome", "check", "--error-on-warnings", ".")],
  ["dependency directions", tool("depcruise", "--config", ".dependency-cruiser.cjs", "packages", "examples")],
  ["unused code", tool("knip")],
  ["file sizes", ["node", ["scripts/check-size.mjs"]]],
  ["types", tool("tsc", "-p", "tsconfig.json")],
  ["tests", ["node", ["scripts/test.mjs"]]],
  ["build", ["npx", ["-y", "pnpm@10.34.9", "--silent", "build"]]],
  ["packages", ["node", ["scripts/check-packages.mjs"]]],
  ["docs", ["node", ["scripts/check-docs.mjs"]]],
  ["examples", ["node", ["scripts/run-examples.mjs"]]],
];

const { values } = parseArgs({ options: { without: { type: "string" } } });
if (values.without !== undefined && !gates.some(([name]) => name === values.without)) {
  console.error(`expected --without with one of: ${gates.map(([name]) => name).join(", ")}`);
  process.exit(2);
}

ensureInstalled();
let passed = 0;
const failed = [];
for (const [name, [command, words]] of gates) {
  if (name === values.without) continue;
  const start = performance.now();
  const { status } = spawnSync(command, words, { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name} (${seconds} s)`);
  if (status === 0) passed += 1;
  else failed.push(name);
}
console.log(`${passed} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(", ")}` : ""}`);
process.exitCode = failed.length > 0 ? 1 : 0;
