import {
  createJobProvider,
  type Fault,
  type JobVendor,
  startJobVendor,
  type VendorCall,
} from "../../../fakes/src/index.js";
import { createRuntime, Pipeline, type RunOptions, type RunResult } from "../../src/index.js";
import type { ChaosCase, ChaosEnd, ChaosPhase, ChaosVerdict } from "./chaos-case.js";
import { MAX_ATTEMPTS } from "./chaos-cases.js";
import { type CountedClock, createCountedClock, findLeaks } from "./watch-leaks.js";
import { withinMs } from "./within-ms.js";

export interface RunCaseOptions {
  /** No wait that a vendor asks for is longer. @default 120_000 */
  readonly longestRetryAfterMs?: number;
}

/** What ends late by so much is not held up by what it should be bounded by: machines are busy. */
const SLACK_MS = 5_000;
const JOB_POLLS = 2;

/** One case under way: its vendor, and what is counted of its runs. */
interface Scene {
  readonly given: ChaosCase;
  readonly vendor: JobVendor;
  readonly clock: CountedClock;
  readonly controller: AbortController;
  readonly state: { isCalm: boolean };
  readonly longestRetryAfterMs: number;
}

/** Runs one step against a vendor that fails as the case says, resumes it when it failed, and compares. */
export async function runChaosCase(given: ChaosCase, options: RunCaseOptions = {}): Promise<ChaosVerdict> {
  const { longestRetryAfterMs = 120_000 } = options;
  const state = { isCalm: false };
  const controller = new AbortController();
  const faults = (call: VendorCall) => faultOf(given, call, state.isCalm, controller);
  const vendor = await startJobVendor({ kind: given.kind, jobPolls: JOB_POLLS, pollAfterMs: 5, faults });
  const scene = { given, vendor, clock: createCountedClock(), controller, state, longestRetryAfterMs };
  const begunMs = performance.now();
  try {
    const { wrong, leaked } = await play(scene);
    const { kind, phase, name } = given;
    const elapsedMs = performance.now() - begunMs;
    return { kind, phase, name, elapsedMs, wrong, leaked, paidTwice: countPaidTwice(vendor) };
  } finally {
    await vendor.close();
  }
}

async function play(scene: Scene): Promise<Pick<ChaosVerdict, "wrong" | "leaked">> {
  const { given, controller } = scene;
  const first = await turn(scene, controller.signal, given.end, (options) => pipelineOf(scene).run(options));
  if (first.result === undefined || given.resumed === undefined) return first;
  scene.state.isCalm = true;
  const { signal } = new AbortController();
  const { result } = first;
  const second = await turn(scene, signal, given.resumed, (options) => result.resume(options).result);
  return {
    wrong: [...first.wrong, ...second.wrong.map((problem) => `resumed, ${problem}`)],
    leaked: [...first.leaked, ...second.leaked],
  };
}

interface Turn extends Pick<ChaosVerdict, "wrong" | "leaked"> {
  readonly result: RunResult | undefined;
}

async function turn(
  scene: Scene,
  signal: AbortSignal,
  expected: ChaosEnd,
  start: (options: Pick<RunOptions, "signal" | "throwOnFailure">) => Promise<RunResult>,
): Promise<Turn> {
  const { given, vendor, clock, longestRetryAfterMs } = scene;
  const begunMs = performance.now();
  const running = start({ signal, throwOnFailure: false });
  const result = await withinMs(running, given.timeoutMs + SLACK_MS);
  if (result === undefined) return { result, wrong: ["it did not end"], leaked: [] };
  const waitsMs = Math.min(expected.waitsMs ?? 0, longestRetryAfterMs);
  const elapsedMs = performance.now() - begunMs;
  const isEarly = elapsedMs + CLOCK_ERROR_MS < waitsMs;
  const early = isEarly ? [`it took ${elapsedMs.toFixed(0)} ms, though ${waitsMs} ms were to be waited`] : [];
  const wrong = [...differences(endOf(result, vendor), expected), ...early];
  return { result, wrong, leaked: await findLeaks({ clock, signal, vendor }) };
}

/** Timers may come a little before their time. */
const CLOCK_ERROR_MS = 5;

function pipelineOf({ given, vendor, clock, longestRetryAfterMs }: Scene) {
  const retry = { maxAttempts: MAX_ATTEMPTS, firstDelayMs: 2, longestRetryAfterMs };
  const runtime = createRuntime({ clock, retry });
  const { timeoutMs, kind, providerKind = kind } = given;
  const provider = createJobProvider({ baseUrl: vendor.baseUrl, name: "jobs", kind: providerKind, yields: "image" });
  const step = { provider, name: "one", model: "painter", prompt: "a boat", timeoutMs };
  return Pipeline.from({ name: "chaos", steps: [step] }, { runtime });
}

const OPERATIONS: Readonly<Record<ChaosPhase, VendorCall["operation"]>> = {
  submit: "submit",
  poll: "poll",
  result: "poll",
  cancel: "cancel",
};

function faultOf(
  { phase, fault, isLasting }: ChaosCase,
  { operation, nth }: VendorCall,
  isCalm: boolean,
  controller: AbortController,
): Fault | undefined {
  if (isCalm) return undefined;
  if (phase === "cancel" && operation === "poll") controller.abort();
  if (operation !== OPERATIONS[phase]) return undefined;
  const first = phase === "result" ? JOB_POLLS : 1;
  return nth === first || (isLasting && nth > first) ? fault : undefined;
}

function endOf(result: RunResult, vendor: JobVendor): ChaosEnd {
  const submits = vendor.calls.filter(({ operation }) => operation === "submit").length;
  const status = result.status === "completed" ? "completed" : (result.step("one").error?.code ?? "UNEXPECTED");
  return { status, submits, jobs: vendor.ledger().length };
}

function differences(came: ChaosEnd, expected: ChaosEnd): readonly string[] {
  return (["status", "submits", "jobs"] as const).flatMap((field) =>
    came[field] === expected[field] ? [] : [`${field}: ${expected[field]} was to come, ${came[field]} came`],
  );
}

/** By the vendor's own word, and by nodes that have two jobs which may both be good. */
export function countPaidTwice(vendor: JobVendor): number {
  const good = vendor.ledger().filter(({ state }) => state !== "failed" && state !== "cancelled");
  const nodes = new Set(good.map(({ node }) => node));
  return Math.max(vendor.paidTwice().length, good.length - nodes.size);
}
