// `npm run test:tools`: the tests that ask other programs whether they agree with us. A program that is missing is
// named; nothing is skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ensureInstalled, runOrExit } from "./workspace.mjs";

const runs = (program, word) => spawnSync(program, [word]).status === 0;
const missing = [
  ["ffmpeg", runs("ffmpeg", "-version")],
  ["ffprobe", runs("ffprobe", "-version")],
  ["exiftool", runs("exiftool", "-ver")],
  ["webpinfo", runs("webpinfo", "-version")],
  ["/usr/bin/chromium", existsSync("/usr/bin/chromium")],
]
  .filter(([, isThere]) => !isThere)
  .map(([program]) => program);
if (missing.length > 0) {
  console.error(
    `missing: ${missing.join(", ")}. On Debian: apt-get install ffmpeg libimage-exiftool-perl webp chromium`,
  );
  process.exit(1);
}

ensureInstalled();
runOrExit(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.workspace.ts",
  "--project",
  "tools",
  ...process.argv.slice(2),
]);
