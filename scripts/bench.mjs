// `pnpm bench`: measures the built packages on this machine and prints the figures beside their goals. Each
// measurement runs in a process of its own, so that one's memory and warm-up are not another's.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { ensureInstalled, root, runPnpm } from "./workspace.mjs";

/** Scripts in `scripts/bench`, with their words. Few rounds where a file is large: each writes it twice. */
const measurements = [
  ["runner"],
  ["graph"],
  ["journal"],
  ["load"],
  ["typecheck"],
  ["hash"],
  ["embed", "mp4", "100", "9"],
  ["embed", "jpeg", "20", "15"],
  ["embed", "webp", "10", "15"],
  ["embed", "mp3", "50", "9"],
  ["embed", "wav", "500", "3"],
  ["embed", "mp4", "2000", "3", "sparse"],
  ["extract"],
  ["import"],
];

ensureInstalled();
runPnpm(["--silent", "build"], { GENBLAZE_BUILD: "js" });

/** A row without a goal is there to be known. @type {{ what: string, measured: number, unit: string, goal?: number, note?: string }[]} */
const rows = [];
for (const [name, ...words] of measurements) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", join(root, "scripts/bench", `${name}.mjs`), ...words],
    {
      cwd: join(root, "packages/genblaze"),
      encoding: "utf8",
      maxBuffer: 1 << 24,
    },
  );
  if (status !== 0) throw new Error(`scripts/bench/${name}.mjs failed:\n${stderr}`);
  rows.push(...JSON.parse(stdout));
}

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; medians\n`);
const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const widest = Math.max(...rows.map(({ what }) => what.length));
for (const { what, measured, unit, goal, note = "" } of rows) {
  const verdict = goal === undefined ? "      " : measured <= goal ? "ok    " : "MISSED";
  const wanted = goal === undefined ? "" : `goal <= ${number(goal)}`;
  console.log(
    `${verdict}  ${what.padEnd(widest)}  ${number(measured).padStart(7)} ${unit.padEnd(8)} ${wanted}  ${note}`,
  );
}
