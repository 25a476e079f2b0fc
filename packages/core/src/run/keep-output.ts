import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderOutput, StepRequest } from "../provider/provider.js";
import type { KeptOutput } from "./cached-step.js";
import { collectOutput } from "./collect-output.js";
import { whatOf } from "./intend.js";
import { ofAttempt, type ProviderCall, recordedCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import { withinGrace } from "./within-grace.js";

/** What was paid for is written down before it is judged; what cannot be kept now may be on resume. */
export async function keepOutput(call: ProviderCall, request: StepRequest, given: ProviderOutput): Promise<KeptOutput> {
  const { run, step, abort, idempotencyKey } = call;
  const { clock } = run.runtime;
  const obtainedAt = clock.now();
  const keeping = withinGrace(collectOutput(run, step, request, given), abort, clock);
  const kept = await keeping.catch(async (thrown: unknown) => {
    // Any other failure than that there is no answer is that of the place where its bytes are kept.
    const isAnswer = !GenblazeError.isInstance(thrown) || thrown.code !== "OUTPUT_INVALID";
    if (isAnswer) run.unrecorded.set(idempotencyKey, Promise.resolve({ status: "done", output: given }));
    else {
      run.unrecorded.delete(idempotencyKey);
      run.operations.delete(idempotencyKey);
      if (recordedCall(call)?.isInDoubt === true) await recordRefused(call, thrown, {});
    }
    throw thrown;
  });
  run.unrecorded.delete(idempotencyKey);
  run.operations.delete(idempotencyKey);
  await run.log.record({ state: "output", step: step.key, ...ofAttempt(call), output: kept, obtainedAt });
  const wasKeptBack = run.spending.settle(idempotencyKey, kept.cost.usd);
  const recorded = recordedCall(call);
  if (!wasKeptBack && recorded !== undefined) run.spending.countLate(run.state, recorded, whatOf(step));
  return { given, kept };
}
