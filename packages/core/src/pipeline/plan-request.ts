import { errorFromUnknown } from "../errors/error-from-unknown.js";
import type { StepWarning } from "../provider/provider.js";
import type { StepDefinition } from "./definition.js";
import { buildRequest } from "./step-request.js";

/** Lets the provider check a request that needs nothing of other steps, so that its errors come before the run. */
export function checkStaticRequest(step: StepDefinition): readonly StepWarning[] {
  const request = buildRequest(step, [], () => undefined);
  try {
    return step.provider.prepare(request).warnings ?? [];
  } catch (error) {
    throw errorFromUnknown(error, `Step "${step.key}": ${step.provider.name} could not prepare the request`);
  }
}
