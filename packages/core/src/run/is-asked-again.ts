import { isDeepStrictEqual } from "node:util";
import type { ProviderStep } from "../pipeline/definition.js";
import { recordedRequest } from "../pipeline/step-request.js";
import type { Concealable } from "../privacy/conceal-step.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { StepRequest } from "../provider/provider.js";
import { isSameJson } from "./is-same-json.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import type { StepCall } from "./step-calls.js";
import type { RecordedInput, RecordedRequest } from "./transitions.js";

/** Whether a request of the time before asked for what a step asks for now: what was made for other words would be recorded under these. */
export function isAskedAgain(
  { asked }: RunContext,
  progress: StepProgress,
  call: StepCall | undefined,
  step: ProviderStep,
  request: StepRequest,
): boolean {
  // A fallback that was taken out, or is another one now, is not asked about what this one was.
  if (call === undefined || !isSameTarget(call, step)) return false;
  const before = asked.get(call.idempotencyKey);
  if (before !== undefined) return isDeepStrictEqual(factsOf(before), factsOf(request));
  // Another process asked: its memory is gone, its journal is there.
  return progress.request !== undefined && isAsRecorded(progress, step, call.request, request);
}

/** Whether a call went to who is asked now. */
export function isSameTarget({ target }: StepCall, { provider, model }: ProviderStep): boolean {
  return target === undefined || (target.provider === provider.name && target.model === model);
}

function factsOf(request: StepRequest) {
  const inputs = request.inputs.map(({ asset: { assetId }, role }) => [assetId, role]);
  return { ...recordedRequest(request), inputs };
}

/** The words of a private step are not in the journal; they follow from the definition, which is the same. */
function isAsRecorded(
  { rejected }: StepProgress,
  step: ProviderStep,
  recorded: RecordedRequest,
  request: StepRequest,
): boolean {
  const now = recordedRequest(request);
  if (!isDeepStrictEqual(contentsOf(recorded.inputs), contentsOf(request.inputs))) return false;
  if (isPrivate(step)) return true;
  // What was asked for once more has another seed.
  const hasSameSeed = rejected.length > 0 || recorded.seed === now.seed;
  const words = ({ prompt, negativePrompt, params }: Concealable) => ({ prompt, negativePrompt, params });
  return hasSameSeed && isSameJson(words(recorded), words(now));
}

/** A file that is read anew has another id, and may have other bytes. */
export function contentsOf(inputs: readonly Pick<RecordedInput, "asset" | "role">[]) {
  return inputs.map(({ asset: { sha256, url }, role }) => [sha256 ?? url, role]);
}
