import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { StepWarning } from "../provider/provider.js";
import { letGo } from "./ask-provider.js";
import { askedLast, type Taken } from "./ask-target.js";
import { askBehind, askTargets, nextLane, type Start } from "./ask-targets.js";
import { concealed } from "./attempt.js";
import { type CachedStep, openCachedStep } from "./cached-step.js";
import { checkPrompt } from "./check-prompt.js";
import { callBackOthers } from "./hedge.js";
import { judgeOutput } from "./judge-output.js";
import { callOf, type Lane, openLane, type StepWork } from "./lane.js";
import { askedBefore, paidBefore } from "./paid-before.js";
import { recordedCall } from "./provider-call.js";
import { recordEnd } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import type { StepProgress } from "./run-state.js";
import { isOpenCall, type StepCall, targetOf } from "./step-calls.js";
import { inputsOf } from "./step-inputs.js";
import { openStepScope, type StepScope } from "./step-scope.js";
import type { CacheStatus } from "./transitions.js";

/** Resolve, prepare, submit, poll, keep the output, judge it, and ask again where that is allowed. */
export async function runProviderStep(run: RunContext, progress: StepProgress, step: ProviderStep): Promise<GraphEnd> {
  const scope = openStepScope(run, step);
  try {
    scope.signal.throwIfAborted();
    const { warnings, cache, attempt } = await obtain(run, progress, step, scope);
    const told = { ...(warnings.length === 0 ? {} : { warnings }), ...(cache === undefined ? {} : { cache }) };
    const by = attempt === undefined ? {} : { attempt };
    await run.log.record({ state: "succeeded", step: step.key, ...by, ...told });
    return "good";
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    await letGo(run, progress, step, reason);
    // What cannot be written now is on resume.
    await recordEnd(run, progress, reason);
    return "bad";
  } finally {
    // What nobody will say any more counts as what was kept back for it.
    if (run.spending.isCapped)
      for (const { idempotencyKey } of progress.calls) run.spending.settle(idempotencyKey, null);
    scope.close();
  }
}

/** What is told of a step that succeeded. */
interface Obtained {
  readonly warnings: readonly StepWarning[];
  readonly cache: CacheStatus | undefined;
  /** Whose output it is, where several can do the step. */
  readonly attempt: number | undefined;
}

async function obtain(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  abort: StepScope,
): Promise<Obtained> {
  const inputs = progress.planned.inputs.length === 0 ? [] : await inputsOf(run, progress, abort);
  const work: StepWork = {
    run,
    progress,
    step,
    abort,
    inputs,
    begun: { attempts: progress.attempts },
  };
  const own = openLane(work, 0);
  const warnings = await checkPrompt(run, progress, step, own.first.request, abort);
  const cached = openCachedStep(run, step, own.first.request, abort);
  try {
    const { warnings: others, ...obtained } = await takeOrAsk(work, own, cached);
    return { ...obtained, warnings: [...warnings, ...others] };
  } finally {
    cached.close();
  }
}

/** What was paid for before, or equal work gave; else what the targets give now. */
async function takeOrAsk(work: StepWork, own: Lane, cached: CachedStep): Promise<Obtained> {
  const made = madeBy(work);
  const paid = made && (await paidAtHand(laneOf(work, own, made)));
  // Before anything is awaited: equal work that begins now waits for what is under way.
  const mayBeOpen = paid === undefined && openCalls(work).length > 0;
  if (mayBeOpen) cached.hold();
  const { starts, doubt } = mayBeOpen ? await openStarts(work, own) : nothingOpen;
  const [first = paid, ...others] = starts;
  if (first !== undefined) return finish(work, cached, await askTargets([first, ...others]));
  if (doubt !== undefined) return finish(work, cached, await askBehind(doubt.lane, doubt.error));
  if (mayBeOpen) cached.letGo();
  const hit = await takeFromCache(work, own, cached);
  return hit ?? finish(work, cached, await askTargets([{ lane: await laneToAsk(work, own), atHand: undefined }]));
}

/** Equal work's result, where schema and guards of this step want it: they may be others than those of that step. */
async function takeFromCache(work: StepWork, own: Lane, cached: CachedStep): Promise<Obtained | undefined> {
  const { run, progress, step, abort } = work;
  const hit = await cached.take();
  if (hit === undefined) return undefined;
  const verdict = await judgeOutput(run, progress, step, own.first.request, hit, abort);
  if (!verdict.isTaken) return undefined;
  await run.log.record({ state: "cached", step: step.key, request: concealed(own, own.first) });
  await run.log.record({ state: "output", step: step.key, output: hit.kept, obtainedAt: run.runtime.clock.now() });
  run.values.set(step.key, verdict.value);
  return { warnings: verdict.warnings, cache: "hit", attempt: undefined };
}

/** Keeps what was taken for later steps and for equal work. */
async function finish(work: StepWork, cached: CachedStep, taken: Taken): Promise<Obtained> {
  const { run, progress, step, abort } = work;
  const { lane, call, value, warnings } = taken;
  run.values.set(step.key, value);
  const output = recordedCall(call)?.output ?? progress.output;
  if (step.fallbacks.length === 0) {
    const cache = output === undefined ? undefined : await cached.keep(output);
    return { warnings: [...warnings, ...cached.warnings], cache, attempt: undefined };
  }
  await callBackOthers(taken);
  // What opens the record is that of the target whose words are recorded.
  concealed(lane, { ...taken.asked, request: lane.first.request });
  // Another target's result is that of other work.
  const isOwn = lane.target.index === 0;
  const kept = isOwn ? cached : openCachedStep(run, lane.target.step, lane.first.request, abort);
  const cache = output === undefined ? undefined : await kept.keep(output);
  const others = isOwn ? [] : kept.warnings;
  return { warnings: [...warnings, ...cached.warnings, ...others], cache, attempt: call.attempt };
}

/** Requests of the time before of which something may come. */
function openCalls({ run, progress }: StepWork): readonly StepCall[] {
  const open = progress.calls.filter((call) => isOpenCall(call) || run.unrecorded.has(call.idempotencyKey));
  // Of each target the last one: what was asked before it is over.
  return open.filter((call, place) => !open.slice(place + 1).some((later) => targetOf(later) === targetOf(call)));
}

/** The request that gave the output of the time before. */
function madeBy({ progress: { calls, output } }: StepWork): StepCall | undefined {
  return output === undefined ? undefined : calls.findLast((call) => call.output === output);
}

/** The lane of a request of the time before; without one that of the target whose turn it was. */
function laneOf(work: StepWork, own: Lane, call: StepCall | undefined): Lane {
  const index = call === undefined ? (work.progress.target?.index ?? 0) : targetOf(call);
  return index === 0 ? own : openLane(work, index);
}

/** The target whose turn it is: where the one before could not and its process died then, the next one. */
async function laneToAsk(work: StepWork, own: Lane): Promise<Lane> {
  const { calls, callsBefore } = work.progress;
  const lane = laneOf(work, own, undefined);
  const last = calls.slice(callsBefore).findLast((call) => targetOf(call) === lane.target.index);
  // What was refused for nothing is asked for again.
  if (last?.failure === undefined || last.isFree) return lane;
  return (await nextLane(lane, new GenblazeError(last.failure.code, last.failure.message))) ?? lane;
}

/** What was paid for in the time before, to be judged again. */
async function paidAtHand(lane: Lane): Promise<Start | undefined> {
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

const nothingOpen: Open = { starts: [], doubt: undefined };

/** What is still under way from the time before; of several targets, where one had been asked beside the other. */
async function openStarts(work: StepWork, own: Lane): Promise<Open> {
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
