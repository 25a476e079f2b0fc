import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal, RunClaim } from "../journal/journal.js";
import type { Plan } from "../pipeline/plan.js";
import { hasPrivate } from "../privacy/private-parts.js";
import { canLook } from "./call-back.js";
import { beginState, readState, type StateSoFar } from "./read-state.js";
import { type RunEnding, restoreRun } from "./restore-run.js";
import { createRunMemory, type RunMemory } from "./run-memory.js";
import type { CheckedRunOptions } from "./run-options.js";
import { createRunPrivacy } from "./run-privacy.js";
import type { RunState } from "./run-state.js";
import type { Runtime } from "./runtime.js";
import { saltKeyOf } from "./salt-key.js";
import { createSpool, openSpool } from "./spool.js";
import type { RunBeginning } from "./transitions.js";

/** Where a run stands when a turn of it begins. */
export interface Stand {
  readonly memory: RunMemory;
  readonly begun: StateSoFar;
  readonly isNew: boolean;
  /** Whether its process was gone before it could end. */
  readonly isInterrupted: boolean;
  /** What it was begun with, where the journal says it. */
  readonly beginning: RunBeginning | undefined;
  /** How it has ended, where nothing is to be done any more. */
  readonly ended: RunEnding | undefined;
}

/** What is known before. */
export interface StandParts {
  readonly plan: Plan;
  readonly options: CheckedRunOptions;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly claim: RunClaim;
  readonly runId: string;
  /** The run as this process knows it. */
  readonly earlier:
    | { readonly state: RunState; readonly memory: RunMemory; readonly beginning: RunBeginning | undefined }
    | undefined;
  /** Whether the journal may know the run from another process. */
  readonly isKept: boolean;
}

/** A new run, one of this process that goes on, or one that only the journal knows. */
export async function openStand(parts: StandParts): Promise<Stand> {
  const { journal, earlier, options, isKept } = parts;
  if (earlier !== undefined) {
    const { memory, beginning } = earlier;
    const begun = await readState(journal, earlier);
    if (beginning === undefined || begun.nextSequence - 1 <= lastKnown(memory)) {
      return { memory, begun, isNew: false, isInterrupted: false, beginning, ended: undefined };
    }
    // Another process went on with it since, so that what this one remembers is of no use any more.
    const anew = await restore({ ...parts, options: { ...options, resumes: true } });
    if (anew !== undefined) return anew;
  }
  const isToldBefore = isKept && options.runId !== undefined;
  const restored = isToldBefore ? await restore(parts) : undefined;
  if (restored !== undefined) return restored;
  if (options.resumes === true) throw notFound(parts.runId);
  const { plan, runId, runtime } = parts;
  const memory = await rememberRun(parts, runtime.clock.now());
  return {
    memory,
    begun: beginState(plan, runId, runtime.createId),
    isNew: true,
    isInterrupted: false,
    beginning: undefined,
    ended: undefined,
  };
}

function lastKnown({ unwritten, written }: RunMemory): number {
  return Math.max(written.last, unwritten.at(-1)?.sequence ?? -1);
}

async function restore(parts: StandParts): Promise<Stand | undefined> {
  const { journal, runId, plan, options } = parts;
  const restored = await restoreRun(journal, runId, plan, options.onChange ?? "fail");
  if (restored === undefined) return undefined;
  const { so, beginning, ended } = restored;
  const memory = await rememberRun(parts, beginning.startedAt);
  const isOver = options.cancels === true ? !isCancellable(so.state, ended) : !goesOn(options, ended);
  const isInterrupted = ended === undefined;
  return { memory, begun: so, isNew: false, isInterrupted, beginning, ended: isOver ? ended : undefined };
}

/** What was interrupted goes on; what has ended only when that is asked for, or what it waits for is there. */
function goesOn(
  { resumes = false, retries = false, from, answers, onWaiting }: CheckedRunOptions,
  ended: RunEnding | undefined,
): boolean {
  if (ended === undefined || from !== undefined) return true;
  if (ended.status === "completed") return false;
  if (ended.status === "waiting") return resumes || onWaiting !== undefined || Object.keys(answers ?? {}).length > 0;
  return resumes || retries;
}

function isCancellable({ byKey }: RunState, ended: RunEnding | undefined): boolean {
  if (ended === undefined || ended.status === "waiting") return true;
  return [...byKey.values()].some(({ planned, calls }) =>
    calls.some((call) => call.operation !== undefined || (call.isInDoubt && canLook(planned.step, call))),
  );
}

async function rememberRun(parts: StandParts, startedAt: number): Promise<RunMemory> {
  const { plan, runId, runtime, claim, options } = parts;
  const { privacy = {} } = options;
  const spool = claim.spool ?? undefined;
  const keepsSalts = spool !== undefined && hasPrivate(plan.definition);
  const saltKey = privacy.ownerKey ?? (keepsSalts ? await saltKeyOf(spool, runtime.randomBytes) : undefined);
  return createRunMemory({
    startedAt,
    privacy: createRunPrivacy(plan, runId, privacy, runtime.randomBytes, saltKey),
    spool: spool === undefined ? createSpool(runtime.createSpoolStorage?.()) : await openSpool(spool),
    ownerKey: privacy.ownerKey,
    saltKey,
  });
}

function notFound(runId: string): GenblazeError {
  const message = `The journal knows no run ${runId}. Check the id, and that it is the journal that the run was written into.`;
  return new GenblazeError("RUN_NOT_FOUND", message, { details: { runId } });
}
