import {
  type Fault,
  type JobVendor,
  type RecordedCall,
  startJobVendor,
  type VendorCall,
  type VendorKind,
} from "../../../fakes/src/index.js";
import { createRuntime, type RunOptions, type RunResult } from "../../src/index.js";
import { pipeline } from "../crash/crash-graph.js";
import { atATime } from "./at-a-time.js";
import type { ChaosVerdict } from "./chaos-case.js";
import { isAmbiguous } from "./is-ambiguous.js";
import { mixedFault } from "./mixed-faults.js";
import { countPaidTwice } from "./run-chaos-case.js";
import { createCountedClock, findLeaks } from "./watch-leaks.js";
import { withinMs } from "./within-ms.js";

export interface MixedOptions {
  readonly kind: VendorKind;
  readonly runs: number;
  readonly seed: number;
  readonly onVerdict: (verdict: ChaosVerdict) => void;
}

const RUNS_AT_A_TIME = 8;
/** Of a run or a resume; what hangs costs as much. */
const TURN_MS = 1_500;
const SLACK_MS = 5_000;
const MOST_TURNS = 40;
const RETRY = { maxAttempts: 4, firstDelayMs: 2, longestRetryAfterMs: 20 };

/** Runs of a graph of ten jobs whose vendor fails by chance at every call, resumed until they end as they must. */
export async function mixedChaos({ kind, runs, seed, onVerdict }: MixedOptions): Promise<readonly ChaosVerdict[]> {
  const names = Array.from({ length: runs }, (_, index) => `${kind}-${seed}-${index + 1}`);
  const expected = { whole: await calmHash(kind, "succeeds"), shortened: await calmHash(kind, "fails-at-once") };
  return atATime(RUNS_AT_A_TIME, names, async (name) => {
    const vendor = await startJobVendor({ kind, pollAfterMs: 5, faults: (call) => mixedFault(seed, call) });
    try {
      const verdict = await runMixed({ kind, name, vendor, expected });
      onVerdict(verdict);
      return verdict;
    } finally {
      await vendor.close();
    }
  });
}

/** The hash that a run has which nobody disturbs, but for how its loop's second round ends. */
async function calmHash(kind: VendorKind, secondRound: "succeeds" | "fails-at-once"): Promise<string> {
  const faults = ({ operation, request }: VendorCall): Fault | undefined =>
    operation === "submit" && secondRound !== "succeeds" && request?.prompt.endsWith(", shorter") === true
      ? { kind: "fate", fate: secondRound }
      : undefined;
  const vendor = await startJobVendor({ kind, pollAfterMs: 5, faults });
  try {
    return (await pipeline(vendor.baseUrl, kind).run()).manifest.canonicalHash;
  } finally {
    await vendor.close();
  }
}

/** A loop whose later round fails keeps what it had, so there are two manifests that a run may come to. */
interface ExpectedHashes {
  readonly whole: string;
  readonly shortened: string;
}

interface MixedRun {
  readonly kind: VendorKind;
  readonly name: string;
  readonly vendor: JobVendor;
  readonly expected: ExpectedHashes;
}

/** A turn of a run that has ended. */
interface Ended extends Pick<RunResult, "status" | "steps" | "manifest" | "error"> {
  resume(options: TurnOptions): { readonly result: Promise<Ended> };
}

type TurnOptions = Pick<RunOptions, "signal" | "timeoutMs" | "throwOnFailure">;
type Start = (options: TurnOptions) => Promise<Ended>;

async function runMixed(run: MixedRun): Promise<ChaosVerdict> {
  const { kind, name, vendor } = run;
  const clock = createCountedClock();
  const runtime = createRuntime({ clock, retry: RETRY });
  const begunMs = performance.now();
  const wrong: string[] = [];
  const leaked: string[] = [];
  let hasTimedOut = false;
  let start: Start | undefined = (options) => pipeline(vendor.baseUrl, kind).run({ ...options, runtime, runId: name });
  for (let turn = 1; start !== undefined; turn++) {
    const { signal } = new AbortController();
    const turning = start({ signal, timeoutMs: TURN_MS, throwOnFailure: false });
    const ended: Ended | undefined = await withinMs(turning, TURN_MS + SLACK_MS);
    leaked.push(...(await findLeaks({ clock, signal, vendor })));
    const problems = problemsOf(run, ended, turn, hasTimedOut);
    wrong.push(...(problems ?? []));
    start = problems === undefined ? ended && ((options) => ended.resume(options).result) : undefined;
    hasTimedOut ||= ended?.error?.code === "TIMED_OUT";
  }
  if (kind === "plain") wrong.push(...askedAgain(vendor.calls));
  const paidTwice = countPaidTwice(vendor);
  return { name, kind, phase: "mixed", elapsedMs: performance.now() - begunMs, wrong, leaked, paidTwice };
}

/** What is wrong with the end of a run; undefined when it is to be resumed. */
function problemsOf(
  { kind, vendor, expected }: MixedRun,
  ended: Ended | undefined,
  turn: number,
  hasTimedOut: boolean,
): readonly string[] | undefined {
  if (ended === undefined) return [`turn ${turn} did not end`];
  if (ended.status === "completed") return hashProblems(ended, expected);
  if (kind === "plain" && isStopped(ended)) return doubtProblems(vendor.calls, hasTimedOut);
  return turn < MOST_TURNS ? undefined : [`it did not complete in ${turn} turns: ${ended.error?.message}`];
}

/** Whether nothing is left that could be tried again without paying twice. */
function isStopped({ steps }: Ended): boolean {
  const codes = steps.flatMap(({ state, error }) => (state === "failed" ? [error?.code] : []));
  return codes.length > 0 && codes.every((code) => code === "SUBMIT_UNKNOWN");
}

function hashProblems({ manifest, steps }: Ended, { whole, shortened }: ExpectedHashes): readonly string[] {
  const [, second] = steps.find(({ name }) => name === "slogans")?.parts ?? [];
  const expected = second?.steps[0]?.state === "failed" ? shortened : whole;
  const came = manifest.canonicalHash;
  return came === expected ? [] : [`its manifest has the hash ${came} instead of ${expected}`];
}

/** A step may stop in doubt when its last submit left open whether it was taken, or a time limit went past one. */
function doubtProblems(calls: readonly RecordedCall[], hasTimedOut: boolean): readonly string[] {
  const last = new Map(calls.flatMap((call) => (call.operation === "submit" ? [[call.node, call] as const] : [])));
  const isInDoubt = [...last.values()].some(({ fault }) => fault !== undefined && isAmbiguous(fault));
  return isInDoubt || hasTimedOut ? [] : ["it stopped with SUBMIT_UNKNOWN, though no step was in doubt"];
}

/** Submits of steps that were in doubt already, with a vendor who cannot tell. */
function askedAgain(calls: readonly RecordedCall[]): readonly string[] {
  const inDoubt = new Set<string>();
  return calls.flatMap(({ operation, node, fault }) => {
    if (operation !== "submit") return [];
    const problem = inDoubt.has(node) ? [`${node} was asked for again, though it was in doubt`] : [];
    if (fault !== undefined && isAmbiguous(fault)) inDoubt.add(node);
    return problem;
  });
}
