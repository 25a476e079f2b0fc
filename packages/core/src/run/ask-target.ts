import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { StepRequest, StepWarning, Submission } from "../provider/provider.js";
import { makeAttempt, retakeAttempt } from "./attempt.js";
import type { KeptOutput } from "./cached-step.js";
import { adviceOf, type Judgement, judgeOutput, rejectionError } from "./judge-output.js";
import { type Asked, type Lane, prepareAsked } from "./lane.js";
import { ofAttempt, type ProviderCall } from "./provider-call.js";
import type { Rejection } from "./transitions.js";

/** What a target was asked before, and is not asked for again. */
export type AtHand =
  /** Under the key of that time. */
  | { readonly kind: "open"; readonly call: ProviderCall; readonly submission: Submission }
  | { readonly kind: "paid"; readonly call: ProviderCall; readonly output: KeptOutput };

/** An output that is what the step wants. */
export interface Taken {
  readonly lane: Lane;
  readonly call: ProviderCall;
  readonly asked: Asked;
  readonly value: unknown;
  readonly warnings: readonly StepWarning[];
}

/** Asks one target until an output of it is what the step wants; throws when it may not ask again. */
export async function askTarget(lane: Lane, atHand: AtHand | undefined): Promise<Taken> {
  const { work, target, first, abort } = lane;
  const { run, progress } = work;
  const { step } = target;
  const rejections = rejectionsOf(lane);
  let asked = askedLast(lane);
  let left = atHand;
  const last = rejections.at(-1);
  if (left === undefined && last !== undefined && !mayAskAgain(step, rejections)) {
    throw afterTries(rejectionError(step, last), rejections.length);
  }
  for (;;) {
    const { call, output } = await outputOf(lane, asked, left);
    left = undefined;
    const judgement = await judgeOutput(run, progress, step, asked.request, output, abort);
    if (judgement.isTaken) return { lane, call, asked, value: judgement.value, warnings: judgement.warnings };
    rejections.push(judgement.rejection);
    await run.log.record({
      state: "rejected",
      step: step.key,
      ...ofAttempt(call),
      rejection: judgement.rejection,
    });
    if (!mayAskAgain(step, rejections)) throw afterTries(judgement.error, rejections.length);
    asked = askedAgain(lane, judgement, rejections.length, first.request);
  }
}

async function outputOf(
  lane: Lane,
  asked: Asked,
  atHand: AtHand | undefined,
): Promise<{ readonly call: ProviderCall; readonly output: KeptOutput }> {
  if (atHand === undefined) return makeAttempt(lane, asked);
  const { call } = atHand;
  if (atHand.kind === "paid") return { call, output: atHand.output };
  return { call, output: await retakeAttempt(lane, call, lane.first.request, atHand.submission) };
}

/** What of this target was not taken so far. */
function rejectionsOf({ work: { progress }, target }: Lane): Rejection[] {
  return progress.rejectedSinceEnd.flatMap((each) => (each.target === target.index ? [each.rejection] : []));
}

/** What is asked for now, or was last before the process was gone: it follows from the outputs that were rejected. */
export function askedLast(lane: Lane): Asked {
  const rejections = rejectionsOf(lane);
  const rejection = rejections.at(-1);
  if (rejection === undefined) return lane.first;
  const advice = rejection.by === "schema" ? adviceOf(rejection.reason) : undefined;
  return askedAgain(lane, { advice }, rejections.length, lane.first.request);
}

/** The same once more, told what was wrong where that helps; else with another seed, since one seed gives one picture. */
function askedAgain(
  { target }: Lane,
  { advice }: Pick<Extract<Judgement, { isTaken: false }>, "advice">,
  rejections: number,
  request: StepRequest,
): Asked {
  const { prompt, seed } = request;
  const again =
    advice === undefined
      ? { ...request, seed: seed === undefined ? undefined : seed + rejections }
      : { ...request, feedback: advice, prompt: `${prompt ?? ""}\n\n${advice}` };
  return prepareAsked(target, again);
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
