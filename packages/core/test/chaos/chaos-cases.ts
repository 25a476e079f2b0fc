import { type Fault, JOB_FAULTS, type VendorKind } from "../../../fakes/src/index.js";
import type { ErrorCode } from "../../src/errors/error-codes.js";
import type { ChaosCase, ChaosEnd, ChaosPhase } from "./chaos-case.js";

type FaultName = keyof typeof JOB_FAULTS;

/** How often each phase is tried in all. */
export const MAX_ATTEMPTS = 4;
/** For a step that nothing holds up for long: machines differ. */
const PATIENT_MS = 30_000;
/** For a step that only its limit can end. */
const SHORT_MS = 1_000;

const KINDS: readonly VendorKind[] = ["idempotent", "listing", "plain"];

/** Answers that say that the request was not taken. */
const REFUSALS: readonly FaultName[] = [
  "tooManyRequests",
  "tooManyRequestsSeconds",
  "tooManyRequestsDecimal",
  "tooManyRequestsDate",
  "tooManyRequestsOffsetDate",
  "tooManyRequestsMs",
  "unavailableSeconds",
  "unavailableMs",
];
/** The request was not taken, and nothing says so. */
const UNTOLD: readonly FaultName[] = ["serverError", "unavailable", "resetBefore"];
/** The request was taken, and nothing says so. */
const TAKEN: readonly FaultName[] = [
  "serverErrorTaken",
  "unavailableTaken",
  "resetTaken",
  "resetAmidTaken",
  "halfBodyTaken",
  "tooLongTaken",
  "tooShortTaken",
  "malformedTaken",
  "htmlTaken",
  "emptyTaken",
];
const HANGS: readonly FaultName[] = ["hang", "hangTaken", "hangAmidTaken"];

/** The ends of a submit that leaves open whether it was taken; `soldAtFirst` jobs were bought by the first one. */
const ofDoubt: Readonly<Record<VendorKind, (soldAtFirst: 0 | 1) => ChaosEnd>> = {
  // The same key again: the same job.
  idempotent: () => ({ status: "completed", submits: 2, jobs: 1 }),
  // Looked up first; asked again only when it is not there.
  listing: (sold) => ({ status: "completed", submits: sold === 1 ? 1 : 2, jobs: 1 }),
  // Nobody can tell, so it is not asked again, however often the run is resumed.
  plain: (sold) => ({ status: "SUBMIT_UNKNOWN", submits: 1, jobs: sold }),
};

/** Every fault in every phase for every kind of vendor, with the end that sections 5 and 6 of the design ask for. */
export function chaosCases(): readonly ChaosCase[] {
  return KINDS.flatMap((kind) => [
    ...REFUSALS.map((name) => once(kind, "submit", name, { status: "completed", submits: 2, jobs: 1 })),
    ...UNTOLD.map((name) => once(kind, "submit", name, ofDoubt[kind](0))),
    ...TAKEN.map((name) => once(kind, "submit", name, ofDoubt[kind](1))),
    ...HANGS.map((name) => hang(kind, name)),
    ...fates(kind),
    ...lastingSubmits(kind),
    ...(["poll", "result"] as const).flatMap((phase) => looks(kind, phase)),
    ...cancels(kind),
  ]);
}

function once(kind: VendorKind, phase: ChaosPhase, name: FaultName, end: ChaosEnd): ChaosCase {
  const resumed = end.status === "completed" ? undefined : end;
  return {
    ...common(kind, phase, name),
    isLasting: false,
    end: { ...end, waitsMs: waitOf(JOB_FAULTS[name]) },
    resumed,
  };
}

/** Only the step's limit ends it; what became of the request is found out when the run is resumed. */
function hang(kind: VendorKind, name: FaultName): ChaosCase {
  const sold = name === "hang" ? 0 : 1;
  const end = { status: "TIMED_OUT", submits: 1, jobs: sold } as const;
  return { ...common(kind, "submit", name), timeoutMs: SHORT_MS, isLasting: false, end, resumed: ofDoubt[kind](sold) };
}

/** Answered well, but the job does not end well. */
function fates(kind: VendorKind): readonly ChaosCase[] {
  const open: ChaosEnd = { status: "TIMED_OUT", submits: 1, jobs: 1 };
  const failed: ChaosEnd = { status: "MODEL_ERROR", submits: 1, jobs: 1 };
  // A failure that was told is known: who resumes the run buys another one.
  const bought: ChaosEnd = { status: "completed", submits: 2, jobs: 2 };
  return [
    { ...common(kind, "submit", "neverEnds"), timeoutMs: SHORT_MS, isLasting: false, end: open, resumed: open },
    { ...common(kind, "submit", "failsLate"), isLasting: false, end: failed, resumed: bought },
    { ...common(kind, "submit", "failsAtOnce"), isLasting: false, end: failed, resumed: bought },
  ];
}

function lastingSubmits(kind: VendorKind): readonly ChaosCase[] {
  const lasting = (name: FaultName, end: ChaosEnd, resumed: ChaosEnd | undefined): ChaosCase => ({
    ...common(kind, "submit", name),
    isLasting: true,
    end,
    resumed,
  });
  const after = (status: ErrorCode, jobs: number): readonly [ChaosEnd, ChaosEnd] => [
    { status, submits: MAX_ATTEMPTS, jobs },
    { status: "completed", submits: MAX_ATTEMPTS + 1, jobs: 1 },
  ];
  const doubt = ofDoubt[kind];
  const known = doubt(1);
  const isDone = known.status === "completed";
  return [
    lasting("tooManyRequests", ...after("RATE_LIMITED", 0)),
    kind === "plain"
      ? once(kind, "submit", "serverError", doubt(0))
      : lasting("serverError", ...after("SERVER_ERROR", 0)),
    kind === "idempotent"
      ? lasting("serverErrorTaken", ...after("SERVER_ERROR", 1))
      : lasting("serverErrorTaken", known, isDone ? undefined : known),
    kind === "idempotent"
      ? lasting("htmlTaken", ...after("SERVER_ERROR", 1))
      : lasting("htmlTaken", known, isDone ? undefined : known),
  ];
}

/** A look costs nothing, so it is tried again whatever happened, and the job stays known when nothing helps. */
function looks(kind: VendorKind, phase: "poll" | "result"): readonly ChaosCase[] {
  const done: ChaosEnd = { status: "completed", submits: 1, jobs: 1 };
  const stuck = (name: FaultName, isLasting: boolean, timeoutMs: number, status: ErrorCode): ChaosCase => ({
    ...common(kind, phase, name),
    timeoutMs,
    isLasting,
    end: { ...done, status },
    resumed: done,
  });
  return [
    ...[...REFUSALS, ...UNTOLD, ...TAKEN].map((name) => once(kind, phase, name, done)),
    ...HANGS.map((name) => stuck(name, false, SHORT_MS, "TIMED_OUT")),
    stuck("tooManyRequests", true, PATIENT_MS, "RATE_LIMITED"),
    stuck("serverError", true, PATIENT_MS, "SERVER_ERROR"),
    stuck("malformedTaken", true, PATIENT_MS, "SERVER_ERROR"),
  ];
}

/** The caller cancels while the job is looked at. */
function cancels(kind: VendorKind): readonly ChaosCase[] {
  const end: ChaosEnd = { status: "CANCELLED", submits: 1, jobs: 1 };
  const of = (name: FaultName | undefined, resumed: ChaosEnd): ChaosCase => ({
    ...common(kind, "cancel", name),
    isLasting: false,
    end,
    resumed,
  });
  return [
    of(undefined, { status: "completed", submits: 2, jobs: 2 }),
    // It goes on there, since it could not be called back.
    of("serverError", { status: "completed", submits: 1, jobs: 1 }),
    of("resetBefore", { status: "completed", submits: 1, jobs: 1 }),
    // It was called back, which only a look at it tells.
    of("htmlTaken", { ...end, status: "MODEL_ERROR" }),
  ];
}

function common(kind: VendorKind, phase: ChaosPhase, name: FaultName | undefined) {
  return { name: name ?? "none", kind, phase, fault: name && JOB_FAULTS[name], timeoutMs: PATIENT_MS };
}

/** What the vendor asked for; dates are cut to whole seconds. */
function waitOf(fault: Fault): number {
  if (fault.kind !== "status" || fault.retryAfter === undefined) return 0;
  const { form, afterMs } = fault.retryAfter;
  return form === "date" || form === "offset-date" ? Math.max(0, afterMs - 1_000) : afterMs;
}
