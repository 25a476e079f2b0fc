// `pnpm chaos --seed S --runs N --kind idempotent`: a vendor on loopback that fails in every way that vendors are known
// for, at each phase of a step and then by chance at every call of N runs of a graph; compares how each run ends with
// how it must, what was paid for, and what is left behind. The last line has the counts.
import { parseArgs } from "node:util";
import { chaosTest, totalsOf } from "../packages/core/test/chaos/chaos.js";
import type { ChaosVerdict } from "../packages/core/test/chaos/chaos-case.js";
import { countResources, findNewResources } from "../packages/core/test/chaos/watch-leaks.js";

const KINDS = ["idempotent", "listing", "plain"] as const;

const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, kind: { type: "string", multiple: true } },
});
const runs = Number(values.runs ?? 100);
const seed = Number(values.seed ?? 1);
const kinds = KINDS.filter((kind) => values.kind?.includes(kind) ?? true);
if (!Number.isSafeInteger(runs) || runs < 0 || !Number.isSafeInteger(seed) || kinds.length === 0) {
  console.error(`expected: pnpm chaos --seed 1 --runs 100 --kind ${KINDS.join("|")}`);
  process.exit(2);
}

const before = countResources();
const verdicts = await chaosTest({ kinds, runs, seed, onVerdict: show });
const { cases, wrong, paidTwice, leaked } = totalsOf(verdicts);
for (const line of table(verdicts)) console.log(line);
const left = await findNewResources(before);
if (left.length > 0) console.log(`FAILED: this process still holds ${left.join(", ")}`);
console.log(`cases: ${cases}, wrong end: ${wrong}, paid twice: ${paidTwice}, leaked: ${leaked + left.length}`);
process.exitCode = wrong === 0 && paidTwice === 0 && leaked === 0 && left.length === 0 ? 0 : 1;

function show({ kind, phase, name, wrong: problems, paidTwice: twice, leaked: leaks }: ChaosVerdict): void {
  const what = [...problems, ...(twice > 0 ? [`${twice} paid twice`] : []), ...leaks].join("; ");
  if (what !== "") console.log(`FAILED: ${kind}, ${phase}, ${name}: ${what}`);
}

/** One line for each kind of vendor and phase. */
function table(all: readonly ChaosVerdict[]): readonly string[] {
  const groups = new Map<string, ChaosVerdict[]>();
  for (const verdict of all) {
    const key = `${verdict.kind.padEnd(11)} ${verdict.phase.padEnd(7)}`;
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  const head = "vendor      phase    cases  wrong  paid twice  leaked  longest ms";
  const rows = [...groups].map(([key, verdicts]) => {
    const totals = totalsOf(verdicts);
    const longestMs = Math.max(...verdicts.map(({ elapsedMs }) => elapsedMs)).toFixed(0);
    const cells = [
      String(totals.cases).padStart(6),
      String(totals.wrong).padStart(7),
      String(totals.paidTwice).padStart(12),
      String(totals.leaked).padStart(8),
      longestMs.padStart(12),
    ];
    return `${key}${cells.join("")}`;
  });
  return [head, ...rows.toSorted()];
}
