// Packs every package as it would be published and lets publint and attw look at the result.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const folder = mkdtempSync(join(tmpdir(), "genblaze-pack-"));
let failures = 0;

function run(command, words, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: "utf8" });
  if (status === 0) return;
  failures += 1;
  console.error(`${command} ${words.join(" ")}\n${stdout}${stderr}`);
}

try {
  for (const name of readdirSync(join(root, "packages")).sort()) {
    const cwd = join(root, "packages", name);
    const packageName = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")).name;
    run("npx", ["-y", "pnpm@10.34.9", "pack", "--pack-destination", folder], cwd);
    const tarball = readdirSync(folder).find((file) =>
      file.startsWith(`${packageName.replace("@", "").replace("/", "-")}-0`),
    );
    if (tarball === undefined) throw new Error(`${packageName} was not packed.`);
    run(join(root, "node_modules/.bin/publint"), ["run", "--strict", join(folder, tarball)]);
    run(join(root, "node_modules/.bin/attw"), [join(folder, tarball), "--profile", "esm-only", "--no-emoji"]);
    console.log(`checked ${packageName}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
