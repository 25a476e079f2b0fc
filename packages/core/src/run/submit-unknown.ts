import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderCall } from "./provider-call.js";

/** SUBMIT_UNKNOWN, with what to do about it. */
export function submitUnknown(
  { step, idempotencyKey }: Pick<ProviderCall, "step" | "idempotencyKey">,
  cause: unknown,
): GenblazeError {
  const { key, provider, model } = step;
  const why = GenblazeError.isInstance(cause) ? ` (${cause.message})` : "";
  const message = `Step "${key}": whether ${provider.name}/${model} took the job is not known${why}, and asking again could pay twice. Look at the jobs of your account there; to ask again all the same, resume the run with onUnknownSubmit: "resubmit".`;
  const details = { step: key, idempotencyKey };
  return new GenblazeError("SUBMIT_UNKNOWN", message, { cause, details });
}
