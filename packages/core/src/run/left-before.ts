import { GenblazeError } from "../errors/genblaze-error.js";
import { askedLast } from "./ask-target.js";
import { nextLane, type Start } from "./ask-targets.js";
import { callOf, type Lane, openLane, type StepWork } from "./lane.js";
import { askedBefore, paidBefore } from "./paid-before.js";
import { isOpenCall, type StepCall, targetOf } from "./step-calls.js";

/** Requests of the time before of which something may come. */
export function openCalls({ run, progress }: StepWork): readonly StepCall[] {
  const open = progress.calls.filter((call) => isOpenCall(call) || run.unrecorded.has(call.idempotencyKey));
  // Of each target the last one: what was asked before it is over.
  return open.filter((call, place) => !open.slice(place + 1).some((later) => targetOf(later) === targetOf(call)));
}

/** The request that gave the output of the time before. */
export function madeBy({ progress: { calls, output } }: StepWork): StepCall | undefined {
  return output === undefined ? undefined : calls.findLast((call) => call.output === output);
}

/** The lane of a request of the time before; without one that of the target whose turn it was. */
export function laneOf(work: StepWork, own: Lane, call: StepCall | undefined): Lane {
  const index = call === undefined ? (work.progress.target?.index ?? 0) : targetOf(call);
  return index === 0 ? own : openLane(work, index);
}

/** The target whose turn it is: where the one before could not and its process died then, the next one. */
export async function laneToAsk(work: StepWork, own: Lane): Promise<Lane> {
  const { calls, callsBefore } = work.progress;
  const lane = laneOf(work, own, undefined);
  const last = calls.slice(callsBefore).findLast((call) => targetOf(call) === lane.target.index);
  // What was refused for nothing is asked for again.
  if (last?.failure === undefined || last.isFree) return lane;
  return (await nextLane(lane, new GenblazeError(last.failure.code, last.failure.message))) ?? lane;
}

/** What was paid for in the time before, to be judged again. */
export async function paidAtHand(lane: Lane): Promise<Start | undefined> {
  const { work, target, first } = lane;
  const { run, progress, abort } = work;
  const output = await paidBefore(run, progress, target.step, first.request, abort);
  if (output === undefined) return undefined;
  await run.log.record({ state: "retaken", step: target.step.key });
  const call = callOf(lane, madeBy(work)?.attempt ?? progress.attempts);
  return { lane, atHand: { kind: "paid", call, output } };
}

/** What the time before left under way, and of whom that is not known. */
interface Open {
  readonly starts: readonly Start[];
  /** Why the first of them could not be found again. */
  readonly doubt: { readonly lane: Lane; readonly error: unknown } | undefined;
}

/** Nothing was left. */
export const nothingOpen: Open = { starts: [], doubt: undefined };

/** What is still under way from the time before; of several targets, where one had been asked beside the other. */
export async function openStarts(work: StepWork, own: Lane): Promise<Open> {
  const starts: Start[] = [];
  let doubt: Open["doubt"];
  for (const recorded of openCalls(work)) {
    const lane = laneOf(work, own, recorded);
    const call = callOf(lane, recorded.attempt);
    try {
      const submission = await askedBefore(call, lane.first.request, askedLast(lane).prepared);
      if (submission !== undefined) starts.push({ lane, atHand: { kind: "open", call, submission } });
    } catch (error) {
      doubt ??= { lane, error };
    }
  }
  // What is not known of one target is no harm while there is the other.
  return { starts, doubt };
}
