import type { ProviderStep, StepDefinition } from "../pipeline/definition.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { CallContext } from "../provider/call-context.js";
import { checkPreviewUrl } from "./check-preview-url.js";
import { stepFields } from "./events-of.js";
import type { RunContext } from "./run-context.js";
import type { StepProgressEvent } from "./run-events.js";
import type { StepProgress } from "./run-state.js";

const progressIntervalMs = 100;

/** What a step's provider is given to call with; `asked` is the step as the target that is asked does it. */
export function callContext(
  run: RunContext,
  progress: StepProgress,
  signal: AbortSignal,
  idempotencyKey: string,
  asked?: ProviderStep,
): CallContext {
  const { clock } = run.runtime;
  const mask = run.privacy.maskOf(progress.planned.step);
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    ...ambient(run, progress.planned.step, signal),
    idempotencyKey,
    onProgress({ fraction, message, previewUrl }) {
      const now = clock.now();
      // A provider may report every frame; readers see ten reports a second, also when the clock is set back.
      if (progress.state !== "running" || Math.abs(now - reportedAt) < progressIntervalMs) return;
      reportedAt = now;
      const preview = isPrivate(progress.planned.step) ? undefined : checkPreviewUrl(previewUrl);
      report(run, progress, {
        ...(fraction === undefined ? {} : { fraction }),
        ...(message === undefined ? {} : { message: mask.text(message) }),
        // An address that words were taken out of leads nowhere.
        ...(preview === undefined || mask.text(preview) !== preview ? {} : { previewUrl: preview }),
        ...(asked === undefined ? {} : { provider: asked.provider.name, model: asked.model }),
      });
    },
  };
}

/** Says that a step still waits for its job. */
export function reportHeartbeat(run: RunContext, progress: StepProgress): void {
  if (progress.state === "running") report(run, progress, { isHeartbeat: true });
}

type Reported = Pick<StepProgressEvent, "fraction" | "message" | "previewUrl" | "isHeartbeat">;

function report(run: RunContext, progress: StepProgress, reported: Reported): void {
  const elapsedMs = run.runtime.clock.now() - run.log.startedAt;
  const fields = stepFields(run.state, progress);
  run.log.report({ type: "step.progress", ...fields, status: "processing", elapsedMs, ...reported });
}

/** What everyone who acts for a step gets from outside. */
export function ambient(run: RunContext, step: StepDefinition, signal: AbortSignal) {
  const { clock, fetch, random } = run.runtime;
  return { signal, fetch, clock, random, logger: run.privacy.loggerOf(step, run.logger) };
}
