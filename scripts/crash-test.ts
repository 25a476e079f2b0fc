// `pnpm crash-test --kills N --seed S --kind idempotent`: kills the process of a run at every write of its journal, and at
// N random moments, for every kind of vendor; continues it, and looks at what was paid for and at what was given. The
// last line has the counts.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildChild } from "../packages/core/test/crash/build-child.js";
import { crashTest, type FinishedRun } from "../packages/core/test/crash/crash-test.js";

const KINDS = ["idempotent", "listing", "plain"] as const;

const { values } = parseArgs({
  options: { kills: { type: "string" }, seed: { type: "string" }, kind: { type: "string", multiple: true } },
});
const kills = Number(values.kills ?? 100);
const seed = Number(values.seed ?? 1);
const kinds = KINDS.filter((kind) => values.kind?.includes(kind) ?? true);
if (!Number.isSafeInteger(kills) || kills < 0 || !Number.isSafeInteger(seed) || kinds.length === 0) {
  console.error(`expected: pnpm crash-test --kills 100 --seed 1 --kind ${KINDS.join("|")}`);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), "genblaze-crash-"));
try {
  const program = join(folder, "child.mjs");
  await buildChild(program);
  const child = [process.execPath, "--enable-source-maps", program] as const;
  const { runs, paidTwice, lost, wrong } = await crashTest({ kinds, kills, seed, folder, child, onRun: show });
  if (wrong > 0) console.log(`FAILED: ${wrong} runs did not end as they must`);
  console.log(`runs: ${runs}, paid twice: ${paidTwice}, lost: ${lost}`);
  process.exitCode = paidTwice === 0 && lost === 0 && wrong === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function show({ runId, kills: killed, paidTwice, lost, problems, done, planned }: FinishedRun): void {
  process.stderr.write(`\r${done} of ${planned} runs${done === planned ? "\n" : ""}`);
  const counts = [...(paidTwice > 0 ? [`${paidTwice} paid twice`] : []), ...(lost > 0 ? [`${lost} lost`] : [])];
  const what = [...counts, ...problems].join("; ");
  if (what !== "") console.log(`FAILED: ${runId}, killed at ${JSON.stringify(killed)}: ${what}`);
}
