import { isDeepStrictEqual } from "node:util";
import type { ProviderStep } from "../pipeline/definition.js";
import type { StepTarget } from "../pipeline/step-target.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { InputAsset, StepRequest } from "../provider/provider.js";
import { contentsOf, isAskedAgain, isSameTarget } from "./is-asked-again.js";
import type { StepWork } from "./lane.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { isOpenCall, type StepCall, targetOf } from "./step-calls.js";
import { toRecorded } from "./step-inputs.js";
import { toInput } from "./to-input.js";
import type { RecordedRequest } from "./transitions.js";

/**
 * What a target is asked for when it was asked before, and a job of it may be under way or its output is not judged yet:
 * a function that gives something else each time must not make the step pay for both. In a pipeline that was changed, or
 * for a step that is done anew, other words are meant.
 */
export function wordsBefore(
  { run, progress, abort }: StepWork,
  { index, step }: Pick<StepTarget, "index" | "step">,
  request: StepRequest,
): StepRequest {
  const call = progress.calls.findLast((each) => targetOf(each) === index && isWanted(run, progress, each));
  if (call === undefined || progress.request === undefined || !run.isSamePlan || !isSameTarget(call, step))
    return request;
  if (isAskedAgain(run, progress, call, step, request)) return request;
  const before = run.asked.get(call.idempotencyKey);
  const recorded = before?.inputs.map(toRecorded) ?? call.request.inputs;
  const isSame = isDeepStrictEqual(contentsOf(recorded), contentsOf(request.inputs));
  const inputs: readonly InputAsset[] = isSame
    ? request.inputs
    : recorded.map((each) => toInput(run, each, abort.signal));
  return {
    ...request,
    ...(before === undefined ? recordedWords(progress, step, call, request) : wordsOf(before)),
    inputs,
  };
}

function isWanted({ unrecorded }: RunContext, { output }: StepProgress, call: StepCall): boolean {
  return isOpenCall(call) || unrecorded.has(call.idempotencyKey) || (output !== undefined && call.output === output);
}

type Words = Pick<StepRequest, "prompt" | "negativePrompt" | "seed" | "params">;

function wordsOf({ prompt, negativePrompt, seed, params }: Words): Words {
  return { prompt, negativePrompt, seed, params };
}

/** Those of a private step are not in the journal; they follow from the definition. */
function recordedWords(
  { rejected }: StepProgress,
  step: ProviderStep,
  { request: recorded }: StepCall,
  now: StepRequest,
): Words {
  if (isPrivate(step)) return wordsOf(now);
  // What was asked for once more has another seed than the step says.
  const seed = rejected.length > 0 ? now.seed : recorded.seed;
  return { ...wordsAsRecorded(step, recorded), seed };
}

/** The words of a recorded request as they were sent; of a step that is not private. */
export function wordsAsRecorded({ providerOptions: given }: ProviderStep, recorded: RecordedRequest): Words {
  const { providerOptions, ...params } = recorded.params;
  return wordsOf({ ...recorded, params: Object.keys(given).length > 0 ? params : recorded.params });
}
