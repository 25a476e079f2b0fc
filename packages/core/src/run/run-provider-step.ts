import type { ProviderStep } from "../pipeline/definition.js";
import type { StepWarning } from "../provider/provider.js";
import { letGo } from "./ask-provider.js";
import type { Taken } from "./ask-target.js";
import { askBehind, askTargets } from "./ask-targets.js";
import { type CachedStep, openCachedStep } from "./cached-step.js";
import { checkPrompt } from "./check-prompt.js";
import { callBackOthers } from "./hedge.js";
import { concealed } from "./intend.js";
import { judgeOutput } from "./judge-output.js";
import { type Lane, openLane, type StepWork } from "./lane.js";
import { laneOf, laneToAsk, madeBy, nothingOpen, openCalls, openStarts, paidAtHand } from "./left-before.js";
import { recordedCall } from "./provider-call.js";
import { recordEnd } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import type { StepProgress } from "./run-state.js";
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
