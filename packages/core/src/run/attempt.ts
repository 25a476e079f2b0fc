import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { recordedRequest } from "../pipeline/step-request.js";
import type { ProviderOutput, StepRequest, Submission } from "../provider/provider.js";
import { accountOf } from "./account-of.js";
import { submit } from "./ask-provider.js";
import type { KeptOutput } from "./cached-step.js";
import { collectOutput } from "./collect-output.js";
import { follow } from "./follow-job.js";
import { type Asked, callOf, type Lane } from "./lane.js";
import { ofAttempt, type ProviderCall, recordedCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import { retrying } from "./retrying.js";
import { isBeingJudged, targetOf } from "./step-calls.js";
import { quoteOfRequest } from "./step-cost.js";
import { toRecorded } from "./step-inputs.js";
import type { RecordedRequest, RecordedTarget } from "./transitions.js";
import { withAttemptLimit } from "./with-attempt-limit.js";
import { withinGrace } from "./within-grace.js";

/** One request to a target, from its turn under the limits of the account to an output that is kept. */
export async function makeAttempt(
  lane: Lane,
  asked: Asked,
): Promise<{ readonly call: ProviderCall; readonly output: KeptOutput }> {
  const { run } = lane.work;
  const { step } = lane.target;
  const { limits, latencies, clock } = run.runtime;
  const account = accountOf(step);
  const permit = await limits.acquire({ account, model: step.model, run: run.state.runId, signal: lane.abort.signal });
  try {
    // Its place may be that of the one that was slow, who has just answered.
    if (lane.isHedge && isBeingJudged(lane.work.progress)) throw notNeeded(step);
    return await throughBreaker(lane, async () => {
      const begunAt = clock.now();
      const { call, given } = await withinLimit(lane, (limited) => submitInTurns(limited, asked));
      const output = await keep(call, asked.request, given);
      latencies.observe(account, step.model, clock.now() - begunAt);
      return { call, output };
    });
  } finally {
    permit.release();
  }
}

/** One attempt, or the rest of one, within its limit: from its submit to its output, without the keeping of that. */
function withinLimit(
  lane: Lane,
  begin: (lane: Lane) => Promise<{ readonly call: ProviderCall; readonly submission: Submission }>,
): Promise<{ readonly call: ProviderCall; readonly given: ProviderOutput }> {
  const { run } = lane.work;
  return withAttemptLimit({ step: lane.target.step, timers: run.runtime.timers, abort: lane.abort }, async (abort) => {
    const { call, submission } = await begin({ ...lane, abort });
    return { call: { ...call, abort: lane.abort }, given: await follow(call, submission) };
  });
}

function notNeeded({ key, provider, model }: ProviderStep): GenblazeError {
  const message = `Step "${key}": ${provider.name}/${model} was not asked, since the target before it answered.`;
  return new GenblazeError("CANCELLED", message);
}

/** Asks a target only when it has not kept failing; says how it ended. CIRCUIT_OPEN. */
async function throughBreaker<T>({ work: { run }, target: { step } }: Lane, work: () => Promise<T>): Promise<T> {
  const { breaker } = run.runtime;
  if (breaker === undefined) return work();
  const name = `${accountOf(step)}/${step.model}`;
  const verdict = breaker.check(name);
  if (!verdict.mayAsk) throw circuitOpen(step, verdict.retryAfterMs);
  try {
    const result = await work();
    breaker.succeeded(name);
    return result;
  } catch (thrown) {
    breaker.failed(name, thrown);
    throw thrown;
  }
}

function circuitOpen({ key, provider, model }: ProviderStep, retryAfterMs: number): GenblazeError {
  const message = `Step "${key}": ${provider.name}/${model} keeps failing and is not asked for another ${Math.ceil(retryAfterMs / 1000)} s. Wait so long, or give the step fallbacks.`;
  return new GenblazeError("CIRCUIT_OPEN", message, { retryAfterMs, details: { step: key } });
}

/** What was asked for in the time before, followed to its end under its own key. */
export async function retakeAttempt(
  lane: Lane,
  call: ProviderCall,
  request: StepRequest,
  submission: Submission,
): Promise<KeptOutput> {
  const { run, progress } = lane.work;
  // To find out what became of it may have begun it already.
  if (progress.state !== "running") await run.log.record({ state: "retaken", step: call.step.key });
  if (submission.status === "pending") {
    run.operations.set(call.idempotencyKey, submission.operation);
    run.unrecorded.delete(call.idempotencyKey);
  }
  const { given } = await withinLimit(lane, async ({ abort }) => ({ call: { ...call, abort }, submission }));
  return keep(call, request, given);
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

/** Submits, and again after refusals that surely cost nothing, or under a key that the provider honours. */
async function submitInTurns(
  lane: Lane,
  asked: Asked,
): Promise<{ readonly call: ProviderCall; readonly submission: Submission }> {
  const { run, begun } = lane.work;
  const isPaidOnce = lane.target.step.provider.honoursIdempotencyKey === true;
  let call = callOf(lane, begun.attempts + 1);
  const isInDoubt = () => recordedCall(call)?.isInDoubt === true;
  const mayRetry = () => !isInDoubt() || isPaidOnce || run.onUnknownSubmit === "resubmit";
  const submission = await retrying(call, "submit", mayRetry, async (turn) => {
    // One that may have been taken is asked for again under its own key, where that helps.
    const mayBeTaken = turn > 1 && isInDoubt() && isPaidOnce;
    if (!mayBeTaken) call = await intend(lane, asked);
    return submit(call, asked.prepared, mayBeTaken);
  });
  return { call, submission };
}

/** Writes down what is about to be asked for, under the key of a new attempt. */
async function intend(lane: Lane, { request, prepared }: Asked): Promise<ProviderCall> {
  const { run, begun } = lane.work;
  const { step } = lane.target;
  begun.attempts += 1;
  const call = callOf(lane, begun.attempts);
  // The words are recorded as the step has them, without what was said of the last answer.
  const record = concealed(lane, { request: { ...request, prompt: lane.first.request.prompt }, prepared });
  const isCold = run.runtime.warmth.touch(accountOf(step), step.model);
  const quoteUsd = reserve(lane, call, request);
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
      ...(quoteUsd === null ? {} : { quoteUsd }),
      ...targetFacts(lane),
    }),
  );
  return call;
}

/** Keeps back what the request may cost; null where nobody knows, or asks. */
function reserve({ work }: Lane, { run, step, idempotencyKey }: ProviderCall, request: StepRequest): number | null {
  if (!run.spending.isCapped && work.step.hedge === undefined) return null;
  const quote = quoteOfRequest(run, step, request);
  run.spending.reserve(idempotencyKey, `step "${step.key}" with ${step.provider.name}/${step.model}`, quote);
  return quote.usd;
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

/** What was paid for is written down before it is judged; what cannot be kept now may be on resume. */
async function keep(call: ProviderCall, request: StepRequest, given: ProviderOutput): Promise<KeptOutput> {
  const { run, step, abort, idempotencyKey } = call;
  const { clock } = run.runtime;
  const obtainedAt = clock.now();
  const keeping = withinGrace(collectOutput(run, step, request, given), abort, clock);
  const kept = await keeping.catch(async (thrown: unknown) => {
    // Any other failure than that there is no answer is that of the place where its bytes are kept.
    const isAnswer = !GenblazeError.isInstance(thrown) || thrown.code !== "OUTPUT_INVALID";
    if (isAnswer) run.unrecorded.set(idempotencyKey, Promise.resolve({ status: "done", output: given }));
    else {
      run.unrecorded.delete(idempotencyKey);
      run.operations.delete(idempotencyKey);
      if (recordedCall(call)?.isInDoubt === true) await recordRefused(call, thrown, {});
    }
    throw thrown;
  });
  run.unrecorded.delete(idempotencyKey);
  run.operations.delete(idempotencyKey);
  run.spending.settle(idempotencyKey, kept.cost.usd);
  await run.log.record({ state: "output", step: step.key, ...ofAttempt(call), output: kept, obtainedAt });
  return { given, kept };
}
