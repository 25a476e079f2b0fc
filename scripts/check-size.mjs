// Small files with one idea each: no source file over 400 lines, nine of ten at most 300. Data tables are exempt.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const hardLimit = 400;
const usualLimit = 300;
const usualShare = 0.9;
const isTable = (path) => /(^|\/)(tables|golden|fixtures)\//.test(path) || /-(table|data)\.ts$/.test(path);

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  .filter((path) => !isTable(path));

const sizes = files.map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length }));
const tooLong = sizes.filter(({ lines }) => lines > hardLimit);
const usual = sizes.filter(({ lines }) => lines <= usualLimit).length / sizes.length;

for (const { path, lines } of tooLong)
  console.error(`${path}: ${lines} lines, over ${hardLimit}. Split it by its ideas.`);
if (usual < usualShare)
  console.error(`Only ${Math.round(usual * 100)} % of the files have at most ${usualLimit} lines.`);
if (tooLong.length > 0 || usual < usualShare) process.exit(1);
console.log(`${sizes.length} files, the longest has ${Math.max(...sizes.map(({ lines }) => lines))} lines.`);
