import type { StepDefinition } from "../pipeline/definition.js";
import type { CallContext } from "../provider/call-context.js";
import { stepFields } from "./events-of.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

const progressIntervalMs = 100;

/** What a step's provider is given to call with. */
export function callContext(
  run: RunContext,
  progress: StepProgress,
  signal: AbortSignal,
  idempotencyKey: string,
): CallContext {
  const { clock } = run.runtime;
  const mask = run.privacy.maskOf(progress.planned.step);
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    ...ambient(run, progress.planned.step, signal),
    idempotencyKey,
    onProgress({ fraction, message }) {
      const now = clock.now();
      // A provider may report every frame; readers see ten reports a second.
      if (progress.state !== "running" || now - reportedAt < progressIntervalMs) return;
      reportedAt = now;
      const known = {
        ...(fraction === undefined ? {} : { fraction }),
        ...(message === undefined ? {} : { message: mask.text(message) }),
      };
      const elapsedMs = now - run.log.startedAt;
      run.log.report({
        type: "step.progress",
        ...stepFields(run.state, progress),
        status: "processing",
        elapsedMs,
        ...known,
      });
    },
  };
}

/** What everyone who acts for a step gets from outside. */
export function ambient(run: RunContext, step: StepDefinition, signal: AbortSignal) {
  const { clock, fetch, random } = run.runtime;
  return { signal, fetch, clock, random, logger: run.privacy.loggerOf(step, run.logger) };
}
