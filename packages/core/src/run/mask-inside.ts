import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Mask } from "../privacy/mask.js";
import { maskError } from "../privacy/mask-error.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/**
 * Takes out of what a node says the private words of its own step and of all that ran inside it. What ran inside is
 * looked at when something is said.
 */
export function insideMask({ privacy }: RunContext, progress: StepProgress): Mask {
  const masks = () =>
    privacy.hidesWords ? stepsInside(progress).map(({ planned }) => privacy.maskOf(planned.step)) : [];
  return {
    text: (said) => masks().reduce((masked, mask) => mask.text(masked), said),
    json: (said) => masks().reduce((masked, mask) => mask.json(masked), said),
  };
}

/** The same for the error that ends a step: that of a node may quote what a step inside it said. */
export function maskErrorInside(run: RunContext, progress: StepProgress, error: GenblazeError): GenblazeError {
  return run.privacy.hidesWords ? maskError(error, insideMask(run, progress)) : error;
}

function stepsInside(progress: StepProgress): readonly StepProgress[] {
  return [progress, ...progress.groups.flatMap(({ steps }) => steps).flatMap(stepsInside)];
}
