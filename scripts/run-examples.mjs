// Runs every example as a user would; each checks its own result and exits with 1 when it is not right.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, "examples", entry.name, `${entry.name}.ts`)))
  .map((entry) => entry.name);
let failures = 0;

for (const name of examples) {
  const cwd = mkdtempSync(join(tmpdir(), `genblaze-${name}-`));
  const words = [
    "--import",
    join(root, "node_modules/tsx/dist/loader.mjs"),
    join(root, "examples", name, `${name}.ts`),
  ];
  const { status } = spawnSync(process.execPath, words, { cwd, stdio: "inherit" });
  rmSync(cwd, { recursive: true, force: true });
  console.log(`${status === 0 ? "ok" : "FAILED"}: examples/${name}`);
  if (status !== 0) failures += 1;
}
if (examples.length === 0) throw new Error("There is no example to run.");
process.exitCode = failures > 0 ? 1 : 0;
