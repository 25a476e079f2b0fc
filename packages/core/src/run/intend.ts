import type { ProviderStep } from "../pipeline/definition.js";
import { recordedRequest } from "../pipeline/step-request.js";
import type { StepRequest } from "../provider/provider.js";
import { accountOf } from "./account-of.js";
import { type Asked, callOf, type Lane } from "./lane.js";
import type { ProviderCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import { targetOf } from "./step-calls.js";
import { quoteOfRequest } from "./step-cost.js";
import { toRecorded } from "./step-inputs.js";
import type { RecordedRequest, RecordedTarget } from "./transitions.js";

/** Writes down what is about to be asked for, under the key of a new attempt. */
export async function intend(lane: Lane, { request, prepared }: Asked): Promise<ProviderCall> {
  const { run, begun } = lane.work;
  const { step } = lane.target;
  begun.attempts += 1;
  const call = callOf(lane, begun.attempts);
  // The words are recorded as the step has them, without what was said of the last answer.
  const record = concealed(lane, { request: { ...request, prompt: lane.first.request.prompt }, prepared });
  const isCold = run.runtime.warmth.touch(accountOf(step), step.model);
  const kept = reserve(lane, call, request);
  forgetBefore(lane);
  run.asked.set(call.idempotencyKey, lane.first.request);
  await withoutAsking(call, () =>
    run.log.record({
      state: "intent",
      step: step.key,
      attempt: call.attempt,
      idempotencyKey: call.idempotencyKey,
      request: record,
      isCold,
      ...kept,
      ...targetFacts(lane),
    }),
  );
  return call;
}

/** A request in words, for budgets. */
export function whatOf({ key, provider, model }: ProviderStep): string {
  return `step "${key}" with ${provider.name}/${model}`;
}

/** Keeps back what the request may cost; says what that is, where anybody asks. */
function reserve(
  { work }: Lane,
  { run, step, idempotencyKey }: ProviderCall,
  request: StepRequest,
): { readonly quoteUsd?: number; readonly assumedUsd?: number } {
  if (!run.spending.isCapped && work.step.hedge === undefined) return {};
  const quote = quoteOfRequest(run, step, request);
  const assumedUsd = run.spending.reserve(idempotencyKey, whatOf(step), quote);
  return {
    ...(quote.usd === null ? {} : { quoteUsd: quote.usd }),
    ...(assumedUsd === undefined ? {} : { assumedUsd }),
  };
}

function targetFacts(lane: Lane): { readonly target?: RecordedTarget; readonly isHedge?: true } {
  const target = recordedTarget(lane);
  return { ...(target.index === 0 ? {} : { target }), ...(lane.isHedge ? { isHedge: true } : {}) };
}

/** A target as the journal has it. */
export function recordedTarget({ target: { index, step } }: Lane): RecordedTarget {
  return { index, provider: step.provider.name, model: step.model };
}

/** What was asked of this target before is over, or nobody wants it any more. */
function forgetBefore({ work: { run, progress }, target }: Lane): void {
  for (const call of progress.calls) if (targetOf(call) === target.index) run.operations.delete(call.idempotencyKey);
}

/** Without its intent in the journal the provider is not asked; what is written into it later says so too. */
async function withoutAsking(call: ProviderCall, record: () => Promise<void> | undefined): Promise<void> {
  try {
    await record();
  } catch (thrown) {
    await recordRefused(call, thrown, { isFree: true }).catch(() => undefined);
    throw thrown;
  }
}

/** A request as the journal may have it. */
export function concealed(
  { work: { run }, target }: Pick<Lane, "work" | "target">,
  { request, prepared: { warnings = [] } }: Asked,
): RecordedRequest {
  return run.privacy.conceal(target.step, {
    ...recordedRequest(request),
    inputs: request.inputs.map(toRecorded),
    warnings,
  });
}
