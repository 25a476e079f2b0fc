import type { LedgerRow, VendorKind } from "../../../fakes/src/index.js";
import type { ChildEnd, EntryNote } from "./crash-notes.js";

/** All that is known of one run whose processes were killed. Every job of its pipeline gives bytes of its own. */
export interface CrashedRun {
  readonly kind: VendorKind;
  /** The manifest hash of the run that nobody disturbed. */
  readonly expectedHash: string;
  /** How the last process ended; undefined when none came to an end. */
  readonly end: ChildEnd | undefined;
  /** Of all its processes, in order. */
  readonly notes: readonly EntryNote[];
  /** What the vendor sold to it. */
  readonly jobs: readonly LedgerRow[];
}

export interface CrashVerdict {
  /** How many jobs were bought that the run had already. */
  readonly paidTwice: number;
  /** How many results that were there are not in what the run gave. */
  readonly lost: number;
  /** What else is not as it must be; a sentence each. */
  readonly problems: readonly string[];
}

/** Whether a run that was killed and continued kept the promise: pay once, lose nothing. */
export function judgeRun(run: CrashedRun): CrashVerdict {
  return { paidTwice: countPaidTwice(run.jobs), lost: countLost(run), problems: problemsOf(run) };
}

/** By node, by work and by the vendor's own word; whichever finds most, since each can be fooled in its own way. */
function countPaidTwice(jobs: readonly LedgerRow[]): number {
  const beyond = (keys: readonly string[]) => keys.length - new Set(keys).size;
  return Math.max(
    beyond(jobs.map(({ node }) => node)),
    beyond(jobs.map(({ sha256 }) => sha256)),
    jobs.filter(({ isSecondPayment }) => isSecondPayment).length,
    jobs.filter(({ paid }) => paid > 1).length,
  );
}

function countLost({ end, jobs, notes }: CrashedRun): number {
  const kept = new Set(notes.flatMap(({ note, sha256s = [] }) => (note === "kept" ? sha256s : [])));
  // What an instant model answered to a process that died then is not to be had again from every vendor.
  const wasHad = ({ model, fetched, sha256 }: LedgerRow) =>
    model.startsWith("instant-") ? kept.has(sha256) : fetched > 0;
  const given = new Set(end?.outputs);
  return jobs.filter((job) => job.state === "succeeded" && wasHad(job) && !given.has(job.sha256)).length;
}

function problemsOf({ kind, expectedHash, end, notes }: CrashedRun): readonly string[] {
  if (end === undefined) return ["it did not come to an end"];
  if ("done" in end) {
    return end.done === expectedHash ? [] : [`its manifest has the hash ${end.done} instead of ${expectedHash}`];
  }
  if (kind !== "plain") return [`it stopped with ${end.stopped} at "${end.step}", though its vendor can be asked`];
  const failed = failuresOf(notes);
  if (failed.size === 0) return [`it stopped with ${end.stopped} at "${end.step}", and no step failed`];
  return [...failed].flatMap(([step, code]) => {
    if (code !== "SUBMIT_UNKNOWN") return [`step "${step}" failed with ${code}`];
    return isInDoubt(step, notes) ? [] : [`step "${step}" stopped with SUBMIT_UNKNOWN, though it was not in doubt`];
  });
}

/** The steps of providers that have failed at last, with their codes. Nodes fail with what is inside of them. */
function failuresOf(notes: readonly EntryNote[]): ReadonlyMap<string, string> {
  const nodes = new Set(notes.filter(({ state }) => state === "entered").map(({ step }) => step));
  const failed = new Map<string, string>();
  for (const { state, step, code = "none" } of notes) {
    if (step === undefined || nodes.has(step)) continue;
    if (state === "failed") failed.set(step, code);
    if (state === "succeeded") failed.delete(step);
  }
  return failed;
}

/** Whether the journal may hold that the step asked, and does not hold what it was answered. */
function isInDoubt(step: string, notes: readonly EntryNote[]): boolean {
  const own = notes.filter((note) => note.step === step);
  const hasAnswer = own.some(({ note, state }) => note === "kept" && (state === "submitted" || state === "output"));
  return own.some(({ state }) => state === "intent") && !hasAnswer;
}
