import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { prepareRequest } from "../pipeline/prepare-request.js";
import { buildRequest, recordedRequest } from "../pipeline/step-request.js";
import type { PreparedRequest, ProviderOutput, StepRequest, StepWarning, Submission } from "../provider/provider.js";
import { accountOf } from "./account-of.js";
import { follow, letGo, submit } from "./ask-provider.js";
import { type CachedStep, type KeptOutput, openCachedStep } from "./cached-step.js";
import { checkPrompt } from "./check-prompt.js";
import { collectOutput } from "./collect-output.js";
import { adviceOf, type Judgement, judgeOutput, rejectionError } from "./judge-output.js";
import { askedBefore, paidBefore } from "./paid-before.js";
import type { ProviderCall } from "./provider-call.js";
import { recordEnd, recordRefused } from "./record-end.js";
import { retrying } from "./retrying.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import type { StepProgress } from "./run-state.js";
import { inputsOf, readerOf, toRecorded } from "./step-inputs.js";
import { openStepScope, type StepScope } from "./step-scope.js";
import type { CacheStatus, RecordedRequest, Rejection } from "./transitions.js";
import { withinGrace } from "./within-grace.js";

/** One step of a provider while it is done. */
interface Work {
  readonly run: RunContext;
  readonly progress: StepProgress;
  readonly step: ProviderStep;
  readonly scope: StepScope;
}

/** Resolve, prepare, submit, poll, keep the output, judge it, and ask again where that is allowed. */
export async function runProviderStep(run: RunContext, progress: StepProgress, step: ProviderStep): Promise<GraphEnd> {
  const scope = openStepScope(run, step);
  try {
    scope.signal.throwIfAborted();
    const { warnings, cache } = await obtain({ run, progress, step, scope });
    const told = { ...(warnings.length === 0 ? {} : { warnings }), ...(cache === undefined ? {} : { cache }) };
    await run.log.record({ state: "succeeded", step: step.key, ...told });
    return "good";
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    await letGo(run, progress, step, reason);
    // What cannot be written now is on resume.
    await recordEnd(run, progress, reason);
    return "bad";
  } finally {
    scope.close();
  }
}

interface Asked {
  readonly request: StepRequest;
  readonly prepared: PreparedRequest;
}

/** What is told of a step that succeeded. */
interface Obtained {
  readonly warnings: readonly StepWarning[];
  readonly cache: CacheStatus | undefined;
}

async function obtain(work: Work): Promise<Obtained> {
  const { run, progress, step, scope } = work;
  const inputs = progress.planned.inputs.length === 0 ? [] : await inputsOf(run, progress, scope);
  const request = buildRequest(step, inputs, readerOf(run, progress.scope));
  if (run.privacy.hidesWords) run.privacy.learn(step, recordedRequest(request));
  const prepared = prepareRequest(step, request);
  const warnings = await checkPrompt(run, progress, step, request, scope);
  const cached = openCachedStep(run, step, request, scope);
  try {
    const { warnings: others, cache } = await takeOrAsk(work, { request, prepared }, cached);
    return { warnings: [...warnings, ...others], cache };
  } finally {
    cached.close();
  }
}

/** What was paid for before, or equal work gave; else what the provider gives now. */
async function takeOrAsk(work: Work, first: Asked, cached: CachedStep): Promise<Obtained> {
  const { run, progress, step, scope } = work;
  const { request } = first;
  const asked = askedLast(work, first);
  const paid = progress.output && (await paidBefore(run, progress, step, request, scope));
  if (paid !== undefined) await run.log.record({ state: "retaken", step: step.key });
  const open =
    paid === undefined ? await askedBefore(callOf(work, progress.attempts), request, asked.prepared) : undefined;
  if (open !== undefined) cached.hold();
  const hit = paid === undefined && open === undefined ? await cached.take() : undefined;
  // The schema and the guards may be others than those of the step that made it; then it is none for this step.
  const verdict = hit === undefined ? undefined : await judgeOutput(run, progress, step, request, hit, scope);
  if (hit !== undefined && verdict?.isTaken === true) {
    await run.log.record({ state: "cached", step: step.key, request: concealed(work, asked) });
    await run.log.record({ state: "output", step: step.key, output: hit.kept, obtainedAt: run.runtime.clock.now() });
    run.values.set(step.key, verdict.value);
    return { warnings: verdict.warnings, cache: "hit" };
  }
  const atHand = open === undefined ? paid : await retake(work, request, open);
  const judged = await askUntilTaken(work, first, asked, atHand);
  run.values.set(step.key, judged.value);
  const cache = progress.output === undefined ? undefined : await cached.keep(progress.output);
  return { warnings: [...judged.warnings, ...cached.warnings], cache };
}

/** What was asked for last before the process was gone, when outputs had been rejected by then. */
function askedLast({ progress, step }: Work, first: Asked): Asked {
  const rejections = progress.rejectedSinceEnd;
  const rejection = rejections.at(-1);
  if (rejection === undefined) return first;
  const advice = rejection.by === "schema" ? adviceOf(rejection.reason) : undefined;
  const request = askedAgain(first.request, advice, rejections.length);
  return { request, prepared: prepareRequest(step, request) };
}

/** Asks until an output is what the step wants; throws when it may not ask again. */
async function askUntilTaken(
  work: Work,
  first: Asked,
  last: Asked,
  paid: KeptOutput | undefined,
): Promise<Extract<Judgement, { isTaken: true }>> {
  const { run, progress, step, scope } = work;
  const { request } = first;
  let asked = last;
  let atHand = paid;
  const rejections = [...progress.rejectedSinceEnd];
  const lastRejection = rejections.at(-1);
  if (atHand === undefined && lastRejection !== undefined && !mayAskAgain(step, rejections)) {
    throw afterTries(rejectionError(step, lastRejection), rejections.length);
  }
  for (;;) {
    const output = atHand ?? (await ask(work, asked, request));
    atHand = undefined;
    const judgement = await judgeOutput(run, progress, step, asked.request, output, scope);
    if (judgement.isTaken) return judgement;
    await run.log.record({ state: "rejected", step: step.key, rejection: judgement.rejection });
    rejections.push(judgement.rejection);
    if (!mayAskAgain(step, rejections)) throw afterTries(judgement.error, rejections.length);
    const again = askedAgain(request, judgement.advice, rejections.length);
    asked = { request: again, prepared: prepareRequest(step, again) };
  }
}

async function ask(work: Work, asked: Asked, first: StepRequest): Promise<KeptOutput> {
  const { run, step, scope } = work;
  const target = { account: accountOf(step), model: step.model, run: run.state.runId };
  const permit = await run.runtime.limits.acquire({ ...target, signal: scope.signal });
  try {
    const submission = await submitInTurns(work, asked, first);
    return await keep(work, asked.request, await follow(callOf(work, work.progress.attempts), submission));
  } finally {
    permit.release();
  }
}

/** Submits, and again after refusals that surely cost nothing, or under a key that the provider honours. */
function submitInTurns(work: Work, asked: Asked, first: StepRequest): Promise<Submission> {
  const { run, progress, step } = work;
  const isPaidOnce = step.provider.honoursIdempotencyKey === true;
  const mayRetry = () => progress.inDoubt === undefined || isPaidOnce || run.onUnknownSubmit === "resubmit";
  return retrying(callOf(work, progress.attempts + 1), "submit", mayRetry, async (attempt) => {
    // One that may have been taken is asked for again under its own key, where that helps.
    const mayBeTaken = attempt > 1 && progress.inDoubt !== undefined && isPaidOnce;
    if (!mayBeTaken) await intend(work, asked, first);
    return submit(callOf(work, progress.attempts), asked.prepared, mayBeTaken);
  });
}

/** Writes down what is about to be asked for, under the key of a new attempt. */
async function intend(work: Work, { request, prepared }: Asked, first: StepRequest): Promise<void> {
  const { run, progress, step } = work;
  const attempt = progress.attempts + 1;
  const { idempotencyKey } = callOf(work, attempt);
  // The words are recorded as the step has them, without what was said of the last answer.
  const record = concealed(work, { request: { ...request, prompt: first.prompt }, prepared });
  const isCold = run.runtime.warmth.touch(accountOf(step), step.model);
  run.asked.set(step.key, first);
  run.operations.delete(step.key);
  const intent = { state: "intent", step: step.key, attempt, idempotencyKey, request: record, isCold } as const;
  await withoutAsking(work, () => run.log.record(intent));
}

/** Without its intent in the journal the provider is not asked; what is written into it later says so too. */
async function withoutAsking({ run, progress }: Work, record: () => Promise<void> | undefined): Promise<void> {
  try {
    await record();
  } catch (thrown) {
    await recordRefused(run, progress, thrown, { isFree: true }).catch(() => undefined);
    throw thrown;
  }
}

/** What was asked for in the time before, followed to its end under its own key. */
async function retake(work: Work, request: StepRequest, submission: Submission): Promise<KeptOutput> {
  const { run, progress, step } = work;
  // To find out what became of it may have begun it already.
  if (progress.state !== "running") await run.log.record({ state: "retaken", step: step.key });
  if (submission.status === "pending") {
    run.operations.set(step.key, submission.operation);
    run.unrecorded.delete(step.key);
  }
  return keep(work, request, await follow(callOf(work, progress.attempts), submission));
}

function callOf({ run, progress, step, scope }: Work, attempt: number): ProviderCall {
  const key = `${run.state.runId}/${progress.stepId}`;
  const idempotencyKey = attempt <= 1 ? key : `${key}/${attempt}`;
  return { run, progress, step, abort: scope, idempotencyKey };
}

/** What was paid for is written down before it is judged; what cannot be kept now may be on resume. */
async function keep(
  { run, progress, step, scope }: Work,
  request: StepRequest,
  given: ProviderOutput,
): Promise<KeptOutput> {
  const { clock } = run.runtime;
  const obtainedAt = clock.now();
  const keeping = withinGrace(collectOutput(run, step, request, given), scope, clock);
  const kept = await keeping.catch(async (thrown: unknown) => {
    // Any other failure than that there is no answer is that of the place where its bytes are kept.
    const isAnswer = !GenblazeError.isInstance(thrown) || thrown.code !== "OUTPUT_INVALID";
    if (isAnswer) run.unrecorded.set(step.key, Promise.resolve({ status: "done", output: given }));
    else {
      run.unrecorded.delete(step.key);
      run.operations.delete(step.key);
      if (progress.inDoubt !== undefined) await recordRefused(run, progress, thrown, {});
    }
    throw thrown;
  });
  run.unrecorded.delete(step.key);
  run.operations.delete(step.key);
  await run.log.record({ state: "output", step: step.key, output: kept, obtainedAt });
  return { given, kept };
}

/** A request as the journal may have it. */
function concealed({ run, step }: Work, { request, prepared: { warnings = [] } }: Asked): RecordedRequest {
  return run.privacy.conceal(step, {
    ...recordedRequest(request),
    inputs: request.inputs.map(toRecorded),
    warnings,
  });
}

/** Whoever reads the last reason wants to know that there were others. */
function afterTries(error: GenblazeError, tries: number): GenblazeError {
  if (tries === 1) return error;
  const { code, message, details, cause } = error;
  return new GenblazeError(code, `${message} All ${tries} outputs that were tried were refused.`, { details, cause });
}

/** JSON that does not fit is asked for once more; what a guard rejects as often as the step says. */
function mayAskAgain({ regenerate }: ProviderStep, rejections: readonly Rejection[]): boolean {
  const bySchema = rejections.filter(({ by }) => by === "schema").length;
  return rejections.at(-1)?.by === "schema" ? bySchema <= 1 : rejections.length - bySchema <= regenerate;
}

/** The same once more, told what was wrong where that helps; else with another seed, since one seed gives one picture. */
function askedAgain(request: StepRequest, advice: string | undefined, rejections: number): StepRequest {
  const { prompt, seed } = request;
  if (advice === undefined) return { ...request, seed: seed === undefined ? undefined : seed + rejections };
  return { ...request, feedback: advice, prompt: `${prompt ?? ""}\n\n${advice}` };
}
