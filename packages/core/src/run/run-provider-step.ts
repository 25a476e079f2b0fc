import type { ProviderStep } from "../pipeline/definition.js";
import { buildRequest, recordedRequest } from "../pipeline/step-request.js";
import type { PreparedRequest, ProviderOutput, StepRequest, StepWarning } from "../provider/provider.js";
import { askProvider, callBack } from "./ask-provider.js";
import { checkPrompt } from "./check-prompt.js";
import { collectOutput } from "./collect-output.js";
import type { RecordedRequest, Rejection } from "./journal.js";
import { judgeOutput } from "./judge-output.js";
import { isJournalFailure, recordEnd } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import type { StepProgress } from "./run-state.js";
import { inputsOf, readerOf, toRecorded } from "./step-inputs.js";
import { openStepScope, type StepScope } from "./step-scope.js";

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
    const warnings = await obtain({ run, progress, step, scope });
    await run.log.record({ state: "succeeded", step: step.key, ...(warnings.length === 0 ? {} : { warnings }) });
    return "good";
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    await callBack(run, progress, step, reason);
    if (isJournalFailure(reason)) throw reason;
    await recordEnd(run, progress, reason);
    return "bad";
  } finally {
    run.operations.delete(progress);
    scope.close();
  }
}

/** Gives what the guards that let it through could not check. */
async function obtain(work: Work): Promise<readonly StepWarning[]> {
  const { run, progress, step, scope } = work;
  const inputs = progress.planned.inputs.length === 0 ? [] : await inputsOf(run, progress, scope.signal);
  const request = buildRequest(step, inputs, readerOf(run, progress.scope));
  run.privacy.learn(step, recordedRequest(request));
  const prepared = step.provider.prepare(request);
  const warnings = await checkPrompt(run, progress, step, request, scope.signal);
  let asked = { request, prepared };
  const rejections: Rejection[] = [];
  for (;;) {
    const output = await ask(work, asked, request.prompt);
    const judgement = await judgeOutput(run, progress, step, asked.request, output, scope.signal);
    if (judgement.isTaken) {
      run.values.set(step.key, judgement.value);
      return [...warnings, ...judgement.warnings];
    }
    await run.log.record({ state: "rejected", step: step.key, rejection: judgement.rejection });
    rejections.push(judgement.rejection);
    if (!mayAskAgain(step, rejections)) throw judgement.error;
    const again = askedAgain(request, judgement.advice, rejections.length);
    asked = { request: again, prepared: step.provider.prepare(again) };
  }
}

async function ask(
  { run, progress, step, scope }: Work,
  { request, prepared }: { readonly request: StepRequest; readonly prepared: PreparedRequest },
  prompt: string | undefined,
): Promise<ProviderOutput> {
  const attempt = progress.attempts + 1;
  const key = `${run.state.runId}/${progress.stepId}`;
  const idempotencyKey = attempt === 1 ? key : `${key}/${attempt}`;
  // The words are recorded as the step has them, without what was said of the last answer.
  const record = run.privacy.conceal(step, recorded({ ...request, prompt }, prepared));
  await run.log.record({ state: "intent", step: step.key, attempt, idempotencyKey, request: record });
  const output = await askProvider(run, progress, step, prepared, scope, idempotencyKey);
  run.operations.delete(progress);
  // What was paid for is written down before it is judged.
  await run.log.record({ state: "output", step: step.key, output: await collectOutput(run, step, output) });
  return output;
}

function recorded(request: StepRequest, prepared: PreparedRequest): RecordedRequest {
  return { ...recordedRequest(request), inputs: request.inputs.map(toRecorded), warnings: prepared.warnings ?? [] };
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
