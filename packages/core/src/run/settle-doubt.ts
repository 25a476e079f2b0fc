import type { PreparedRequest, Submission } from "../provider/provider.js";
import { submit } from "./ask-provider.js";
import { findJob } from "./find-job.js";
import type { ProviderCall } from "./provider-call.js";
import { retrying } from "./retrying.js";
import { submitUnknown } from "./submit-unknown.js";

/**
 * What became of a request whose answer the journal does not have: the process ended between the two, or nobody waited
 * for it. Undefined when it may be asked again. SUBMIT_UNKNOWN when nobody can tell and the caller has not allowed it.
 */
export async function settleDoubt(call: ProviderCall, prepared: PreparedRequest): Promise<Submission | undefined> {
  const { run, step } = call;
  const { provider } = step;
  if (provider.honoursIdempotencyKey === true) {
    await run.log.record({ state: "retaken", step: step.key });
    return retrying(call, "submit", undefined, () => submit(call, prepared, true));
  }
  if (provider.reconcile !== undefined) return findJob(call, prepared, undefined);
  if (run.onUnknownSubmit === "resubmit") return undefined;
  throw submitUnknown(call, undefined);
}
