import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** What a node says, without the private words of its own step and of the steps that ran inside it. */
export function maskInside<T extends JsonValue>(run: RunContext, progress: StepProgress, said: T): T {
  return privateSteps(progress).reduce((masked, { planned }) => run.privacy.maskOf(planned.step).json(masked), said);
}

/** The same for the error that ends a node: it may quote what a step inside it said. */
export function maskErrorInside(run: RunContext, progress: StepProgress, error: GenblazeError): GenblazeError {
  return privateSteps(progress).reduce((masked, { planned }) => run.privacy.errorOf(planned.step, masked), error);
}

function privateSteps(progress: StepProgress): readonly StepProgress[] {
  const inner = progress.groups.flatMap(({ steps }) => steps).flatMap(privateSteps);
  return isPrivate(progress.planned.step) ? [progress, ...inner] : inner;
}
