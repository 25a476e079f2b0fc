import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { PreparedRequest, StepRequest } from "../provider/provider.js";
import type { ProviderStep } from "./definition.js";

/** Lets the provider check and shape a request. A provider knows no steps, so its errors get the name of this one. */
export function prepareRequest(step: ProviderStep, request: StepRequest): PreparedRequest {
  try {
    return step.provider.prepare(request);
  } catch (thrown) {
    throw ofStep(step, thrown);
  }
}

function ofStep({ key, provider }: ProviderStep, thrown: unknown): GenblazeError {
  const where = `Step "${key}"`;
  const error = errorFromUnknown(thrown, `${where}: ${provider.name} could not prepare the request`);
  const { code, message, isRetryable, retryAfterMs, details } = error;
  return new GenblazeError(code, message.startsWith(where) ? message : `${where}: ${message}`, {
    cause: thrown,
    isRetryable,
    details: { ...details, step: key },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
