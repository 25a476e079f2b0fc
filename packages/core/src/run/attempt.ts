import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { ProviderOutput, StepRequest, Submission } from "../provider/provider.js";
import { accountOf } from "./account-of.js";
import { submit } from "./ask-provider.js";
import type { KeptOutput } from "./cached-step.js";
import { follow } from "./follow-job.js";
import { intend } from "./intend.js";
import { keepOutput } from "./keep-output.js";
import { type Asked, callOf, type Lane } from "./lane.js";
import { type ProviderCall, recordedCall } from "./provider-call.js";
import { retrying } from "./retrying.js";
import { isBeingJudged } from "./step-calls.js";
import { withAttemptLimit } from "./with-attempt-limit.js";

/** One request to a target, from its turn under the limits of the account to an output that is kept. */
export async function makeAttempt(
  lane: Lane,
  asked: Asked,
): Promise<{ readonly call: ProviderCall; readonly output: KeptOutput }> {
  const { run } = lane.work;
  const { step } = lane.target;
  const { limits, latencies, clock } = run.runtime;
  const account = accountOf(step);
  const target = { account, model: step.model, run: run.state.runId };
  let permit = await limits.acquire({ ...target, signal: lane.abort.signal });
  /** Each request is one of the rate, and waits for its turn behind those of others. */
  const takeTurn = async ({ abort: { signal } }: Lane) => {
    permit.release();
    permit = await limits.acquire({ ...target, signal });
  };
  try {
    // Its place may be that of the one that was slow, who has just answered.
    if (lane.isHedge && isBeingJudged(lane.work.progress)) throw notNeeded(step);
    return await throughBreaker(lane, async () => {
      const begunAt = clock.now();
      const { call, given } = await withinLimit(lane, (limited) =>
        submitInTurns(limited, asked, () => takeTurn(limited)),
      );
      const output = await keepOutput(call, asked.request, given);
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

const notWaitedFor = new GenblazeError("CANCELLED", "Nobody waits for the answer any more.");

/** Asks a target only when it has not kept failing; says how it ended. CIRCUIT_OPEN. */
async function throughBreaker<T>({ work: { run }, target: { step }, abort }: Lane, work: () => Promise<T>): Promise<T> {
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
    // The time limit of a step or run, and its cancel, say nothing of who was asked.
    breaker.failed(name, abort.signal.aborted ? notWaitedFor : thrown);
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
  const { step } = lane.target;
  const permit = run.runtime.limits.occupy({ account: accountOf(step), model: step.model });
  try {
    const { given } = await withinLimit(lane, async ({ abort }) => ({ call: { ...call, abort }, submission }));
    return await keepOutput(call, request, given);
  } finally {
    permit.release();
  }
}

/** Submits, and again after refusals that surely cost nothing, or under a key that the provider honours. */
async function submitInTurns(
  lane: Lane,
  asked: Asked,
  takeTurn: () => Promise<void>,
): Promise<{ readonly call: ProviderCall; readonly submission: Submission }> {
  const { run, begun } = lane.work;
  const isPaidOnce = lane.target.step.provider.honoursIdempotencyKey === true;
  let call = callOf(lane, begun.attempts + 1);
  const isInDoubt = () => recordedCall(call)?.isInDoubt === true;
  const mayRetry = () => !isInDoubt() || isPaidOnce || run.onUnknownSubmit === "resubmit";
  const submission = await retrying(call, "submit", mayRetry, async (turn) => {
    if (turn > 1) await takeTurn();
    // One that may have been taken is asked for again under its own key, where that helps.
    const mayBeTaken = turn > 1 && isInDoubt() && isPaidOnce;
    if (!mayBeTaken) call = await intend(lane, asked);
    return submit(call, asked.prepared, mayBeTaken);
  });
  return { call, submission };
}
