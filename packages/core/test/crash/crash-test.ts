import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "../../../contract/src/mutate.js";
import { type JobVendor, startJobVendor, type VendorKind } from "../../../fakes/src/index.js";
import { type CrashedRun, type CrashVerdict, judgeRun } from "./judge-run.js";
import { type ChildrenReport, type Kill, runChildren } from "./run-children.js";

export interface CrashTestOptions {
  readonly kinds: readonly VendorKind[];
  /** How many processes are killed at a random moment, for each kind. */
  readonly kills: number;
  readonly seed: number;
  /** Of how many appends one is killed at. @default 1: each is */
  readonly oneAppendOf?: number;
  /** For the journals of the runs. */
  readonly folder: string;
  /** The program of the child, to which folder, run id, address and kind are added. */
  readonly child: readonly [string, ...string[]];
  /** Told of every run that has ended. */
  readonly onRun: (run: FinishedRun) => void;
}

/** One run that was killed and continued. */
export interface FinishedRun extends CrashVerdict {
  readonly runId: string;
  readonly kills: readonly Kill[];
  readonly starts: number;
  /** Of the runs of this kind. */
  readonly done: number;
  readonly planned: number;
}

export interface CrashTotals {
  readonly runs: number;
  readonly paidTwice: number;
  readonly lost: number;
  /** How many runs were not as they must be in another way. */
  readonly wrong: number;
}

/** Runs at a time: each process has a journal to flush, and random moments are to be random. */
const RUNS_AT_A_TIME = 2;
/** Of one run, at most: a process that continues is killed too. */
const MOST_KILLS_OF_RUN = 3;

/** For each kind of vendor: kills processes at every append, before and after it, and then at random moments. */
export async function crashTest(options: CrashTestOptions): Promise<CrashTotals> {
  let totals: CrashTotals = { runs: 0, paidTwice: 0, lost: 0, wrong: 0 };
  for (const kind of options.kinds) {
    const vendor = await startJobVendor({ kind, pollAfterMs: 5 });
    try {
      totals = (await testKind(options, kind, vendor)).reduce(add, totals);
    } finally {
      await vendor.close();
    }
  }
  return totals;
}

async function testKind(
  options: CrashTestOptions,
  kind: VendorKind,
  vendor: JobVendor,
): Promise<readonly FinishedRun[]> {
  const start = (runId: string, kills: readonly Kill[]) => {
    const command = [...options.child, join(options.folder, kind), runId, vendor.baseUrl, kind] as const;
    return runChildren({ command, kills });
  };
  const calm = await start("undisturbed", []);
  if (calm.end === undefined || !("done" in calm.end)) {
    throw new Error(
      `the undisturbed run with a vendor of the kind ${kind} did not complete: ${JSON.stringify(calm.end)} ${calm.complaint}`,
    );
  }
  const expectedHash = calm.end.done;
  const plans = [...everyAppend(options, calm.end.appends), ...randomMoments(options, calm.elapsedMs)];
  const finished: FinishedRun[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < plans.length; index = next++) {
      const kills = plans[index] ?? [];
      const runId = `run-${index + 1}`;
      const report = await start(runId, kills);
      const verdict = judgeRun(toCrashedRun(kind, expectedHash, runId, report, vendor));
      const run = { ...withComplaint(verdict, report), runId, kills, starts: report.starts };
      finished.push({ ...run, done: finished.length + 1, planned: plans.length });
      options.onRun({ ...run, done: finished.length, planned: plans.length });
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, work));
  await rm(join(options.folder, kind), { recursive: true, force: true });
  return finished;
}

function everyAppend({ oneAppendOf = 1 }: CrashTestOptions, appends: number): readonly (readonly Kill[])[] {
  const points = Array.from({ length: Math.floor(appends / oneAppendOf) }, (_, index) => (index + 1) * oneAppendOf);
  return points.flatMap((append) => [[{ append, when: "before" as const }], [{ append, when: "after" as const }]]);
}

function randomMoments({ kills, seed }: CrashTestOptions, durationMs: number): readonly (readonly Kill[])[] {
  const random = createRandom(seed);
  const plans: Kill[][] = [];
  for (let left = kills; left > 0; ) {
    const count = Math.min(left, 1 + Math.floor(random() * MOST_KILLS_OF_RUN));
    plans.push(Array.from({ length: count }, () => ({ afterMs: random() * durationMs })));
    left -= count;
  }
  return plans;
}

function toCrashedRun(
  kind: VendorKind,
  expectedHash: string,
  runId: string,
  { end, notes }: ChildrenReport,
  vendor: JobVendor,
): CrashedRun {
  const jobs = vendor.ledger().filter(({ node }) => node.startsWith(`${runId}/`));
  return { kind, expectedHash, end, notes, jobs };
}

/** What a process said before it ended is often why. */
function withComplaint(verdict: CrashVerdict, { complaint }: ChildrenReport): CrashVerdict {
  if (verdict.problems.length === 0 || complaint === "") return verdict;
  return { ...verdict, problems: [...verdict.problems, `it said: ${complaint.trim()}`] };
}

function add(totals: CrashTotals, { paidTwice, lost, problems }: FinishedRun): CrashTotals {
  return {
    runs: totals.runs + 1,
    paidTwice: totals.paidTwice + paidTwice,
    lost: totals.lost + lost,
    wrong: totals.wrong + (problems.length > 0 ? 1 : 0),
  };
}
