import { GenblazeError } from "../errors/genblaze-error.js";
import type { GuardVerdict, OutputCheck, OutputPart } from "../guard/guard.js";
import { callTheirs } from "../options/call-theirs.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { ProviderOutput, StepRequest, StepWarning } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import type { KeptOutput } from "./cached-step.js";
import { ambient } from "./call-context.js";
import { checkVerdict } from "./check-verdict.js";
import { readJson, readValue, textOf } from "./collect-output.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import type { Rejection } from "./transitions.js";

/** Whether an output is what the step wants. */
export type Judgement =
  | { readonly isTaken: true; readonly value: unknown; readonly warnings: readonly StepWarning[] }
  | {
      readonly isTaken: false;
      readonly rejection: Rejection;
      readonly error: GenblazeError;
      /** What to tell the provider when it is asked once more. */
      readonly advice: string | undefined;
    };

/**
 * Judges an output that is in the journal or in the cache already: by the step's schema, then by its guards, in their
 * order.
 */
export async function judgeOutput(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  output: KeptOutput,
  abort: AbortSource,
): Promise<Judgement> {
  const { signal } = abort;
  const isText = step.provider.yields === "text";
  const read = isText ? await raceAbort(readOrReject(run, step, output.given), abort) : noValue;
  if ("isTaken" in read) return read;
  const guards = [...run.guards, ...step.guards].filter((guard) => guard.checkOutput !== undefined);
  if (guards.length === 0) return { isTaken: true, value: read.value, warnings: [] };
  const parts = outputOf(run, step, request, output, signal);
  const warnings: StepWarning[] = [];
  for (const guard of guards) {
    const facts = factsOf(run, progress, step, request, signal, guard.name);
    const check = { ...facts, ...parts };
    const who = `Step "${step.key}": its guard "${guard.name}"`;
    const given = await raceAbort(
      callTheirs(who, () => guard.checkOutput?.(check)),
      abort,
    );
    const verdict = checkVerdict(guard, step.key, given);
    if (!verdict.allowed) return rejected(run, step, guard.name, verdict);
    if (verdict.notChecked !== undefined) {
      const why = run.privacy.maskOf(step).text(verdict.notChecked.toWellFormed());
      warnings.push({ option: `guards.${guard.name}`, message: `Not checked: ${why}` });
    }
  }
  return { isTaken: true, value: read.value, warnings };
}

const noValue = { value: undefined };

async function readOrReject(
  run: RunContext,
  step: ProviderStep,
  output: ProviderOutput,
): Promise<{ readonly value: unknown } | Extract<Judgement, { isTaken: false }>> {
  try {
    return { value: await readValue(step, output) };
  } catch (thrown) {
    if (!GenblazeError.isInstance(thrown) || thrown.code !== "OUTPUT_INVALID") throw thrown;
    const reason = run.privacy.maskOf(step).text(thrown.message);
    const advice = adviceOf(thrown.message);
    return { isTaken: false, rejection: { stage: "output", by: "schema", reason }, error: thrown, advice };
  }
}

/** What a provider is told of an answer that is no JSON, or does not fit. */
export function adviceOf(problem: string): string {
  return `Your last answer could not be used. ${problem} Answer once more, with nothing but JSON that fits.`;
}

function rejected(
  run: RunContext,
  step: ProviderStep,
  by: string,
  verdict: Extract<GuardVerdict, { allowed: false }>,
): Judgement {
  const rejection = toRejection(run, step, "output", by, verdict);
  const error = guardError(step, rejection, "output of");
  return { isTaken: false, rejection, error, advice: undefined };
}

/** A guard's verdict as it may be recorded. */
export function toRejection(
  run: RunContext,
  step: ProviderStep,
  stage: Rejection["stage"],
  by: string,
  { reason, categories }: Extract<GuardVerdict, { allowed: false }>,
): Rejection {
  const { text } = run.privacy.maskOf(step);
  const shown = {
    reason: text(reason.toWellFormed()),
    categories: categories?.map((each) => text(each.toWellFormed())),
  };
  return {
    stage,
    by,
    reason: shown.reason,
    ...(shown.categories === undefined ? {} : { categories: shown.categories }),
  };
}

/** The error of an output that was rejected before the process was gone. */
export function rejectionError(step: ProviderStep, rejection: Rejection): GenblazeError {
  if (rejection.by !== "schema") return guardError(step, rejection, "output of");
  return new GenblazeError("OUTPUT_INVALID", rejection.reason, { details: { step: step.key } });
}

/** GUARD_REJECTED, saying who rejected what and why. */
export function guardError(step: ProviderStep, { stage, by, reason }: Rejection, what: string): GenblazeError {
  const message = `Step "${step.key}": guard "${by}" rejected the ${what} ${step.provider.name}/${step.model}: ${reason}`;
  return new GenblazeError("GUARD_REJECTED", message, { details: { step: step.key, guard: by, stage } });
}

function outputOf(
  run: RunContext,
  step: ProviderStep,
  request: StepRequest,
  { given: output, kept }: KeptOutput,
  signal: AbortSignal,
): Pick<OutputCheck, "prompt" | "assets" | "text" | "json"> {
  const isText = step.provider.yields === "text";
  const assets = kept.assets.map((asset): OutputPart => {
    const given = run.privacy.assetAsGiven(asset);
    const read = async () => (run.spool.has(given) ? run.spool.read(given, signal) : undefined);
    return { asset: given, read };
  });
  return {
    prompt: request.prompt,
    assets,
    text: isText ? textOf(output) : undefined,
    json: isText && step.output !== undefined ? readJson(step, output) : undefined,
  };
}

/** What every check of a step is told. */
export function factsOf(
  run: RunContext,
  { stepId, attempts }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  signal: AbortSignal,
  guard: string,
) {
  const { key, provider, model, promptVisibility } = step;
  return {
    ...ambient(run, step, signal),
    // A guard may ask a provider, and a run that is resumed shall not make it ask for the same twice.
    idempotencyKey: `${run.state.runId}/${stepId}/guard/${guard}/${attempts}`,
    step: key,
    provider: provider.name,
    model,
    yields: provider.yields,
    params: request.params,
    isPrivate: promptVisibility !== "public",
  };
}
