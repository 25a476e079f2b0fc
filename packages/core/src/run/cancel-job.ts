import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { CallContext } from "../provider/call-context.js";
import { createAbortControl, raceAbort } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

const longestCancelMs = 5_000;

/**
 * Asks the provider to end a job that is under way; says whether it did. A provider that refuses, or does not answer in
 * 5 s, is only reported.
 */
export async function cancelJob(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  operation: JsonValue,
): Promise<boolean> {
  const { provider } = step;
  if (provider.cancel === undefined) return false;
  const { clock, fetch, random } = run.runtime;
  const control = createAbortControl();
  const { signal } = control;
  const takeBack = clock.schedule(() => control.abort(tooSlow(provider.name)), longestCancelMs);
  const idempotencyKey = `${run.state.runId}/${progress.stepId}/cancel`;
  const logger = run.privacy.loggerOf(step, run.logger);
  const context: CallContext = { signal, fetch, clock, random, idempotencyKey, logger, onProgress() {} };
  try {
    await raceAbort(provider.cancel(operation, context), control);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "no Error";
    logger.warn(`${provider.name} did not cancel the job of step "${step.key}".`, { message });
    return false;
  } finally {
    takeBack();
  }
}

function tooSlow(provider: string): GenblazeError {
  return new GenblazeError("TIMED_OUT", `${provider} did not answer a cancel within ${longestCancelMs} ms.`);
}
