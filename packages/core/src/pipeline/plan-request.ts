import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { privateValues } from "../privacy/conceal-step.js";
import { createMask, type Mask } from "../privacy/mask.js";
import { maskError } from "../privacy/mask-error.js";
import type { StepRequest, StepWarning } from "../provider/provider.js";
import type { ProviderStep } from "./definition.js";
import { prepareRequest } from "./prepare-request.js";
import { buildRequest, recordedRequest } from "./step-request.js";

/** Lets the provider check a request that needs nothing of other steps, so that its errors come before the run. */
export function checkStaticRequest(step: ProviderStep): readonly StepWarning[] {
  const request = buildRequest(step, [], () => undefined);
  const mask = maskOfRequest(step, request);
  try {
    return (prepareRequest(step, request).warnings ?? []).map((warning) => mask?.json(warning) ?? warning);
  } catch (thrown) {
    const error = errorFromUnknown(thrown, `Step "${step.key}"`);
    throw mask === undefined ? error : maskError(error, mask);
  }
}

/** A provider may quote what it was given. */
function maskOfRequest(step: ProviderStep, request: StepRequest): Mask | undefined {
  if (step.promptVisibility === "public") return undefined;
  return createMask(Object.values(privateValues(step, recordedRequest(request))));
}
