import { isDeepStrictEqual } from "node:util";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { recordedRequest } from "../pipeline/step-request.js";
import type { StepRequest, Submission } from "../provider/provider.js";
import { type AbortSource, createAbortControl, raceAbort } from "./abort-source.js";
import type { KeptOutput } from "./cached-step.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** A provider that was told to end, and has not answered by then, is not waited for. */
const longestLateMs = 60_000;

/**
 * What the step made in the time before and nobody has judged yet. It is none when the step asks for something else now,
 * or when a text is not at hand.
 */
export async function paidBefore(
  run: RunContext,
  { output }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): Promise<KeptOutput | undefined> {
  if (output === undefined || !isAskedAgain(run, step, request)) return undefined;
  if (step.provider.yields !== "text") return { given: {}, kept: output };
  const [asset] = output.assets.map(run.privacy.assetAsGiven);
  if (asset === undefined || !run.spool.has(asset)) return undefined;
  const bytes = await raceAbort(run.spool.read(asset, abort.signal), abort);
  return { given: { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) }, kept: output };
}

/**
 * What the step's provider was asked in the time before: an answer that came too late or could not be kept, or a job
 * that may still be under way. It is none when the step asks for something else now.
 */
export async function askedBefore(
  run: RunContext,
  { operation }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): Promise<Submission | undefined> {
  const { key, provider, promptVisibility } = step;
  const unrecorded = run.unrecorded.get(key);
  if (unrecorded === undefined && operation === undefined) return undefined;
  if (!isAskedAgain(run, step, request)) return undefined;
  const late = unrecorded && (await lateAnswer(run, key, unrecorded, abort));
  // What was refused then is asked for anew.
  if (late?.status === "pending" || late?.status === "done") return late;
  run.unrecorded.delete(key);
  // In the journal the one of a private step may lack words.
  const known = run.operations.get(key) ?? (promptVisibility === "public" ? operation : undefined);
  if (operation === undefined || known === undefined || provider.poll === undefined) return undefined;
  return { status: "pending", operation: known };
}

/** What was made for other words would be recorded under these. */
function isAskedAgain({ asked }: RunContext, { key }: ProviderStep, request: StepRequest): boolean {
  const before = asked.get(key);
  return before !== undefined && isDeepStrictEqual(factsOf(before), factsOf(request));
}

function factsOf(request: StepRequest) {
  const inputs = request.inputs.map(({ asset: { assetId }, role }) => [assetId, role]);
  return { ...recordedRequest(request), inputs };
}

/** TIMED_OUT when it does not come: to ask once more could pay twice, and nothing says whether it was paid for. */
async function lateAnswer(
  { runtime }: RunContext,
  step: string,
  answer: Promise<Submission | undefined>,
  abort: AbortSource,
): Promise<Submission | undefined> {
  const control = createAbortControl();
  const forget = abort.onAbort(() => control.abort(abort.signal.reason));
  const message = `Step "${step}": its provider has not answered the request of the time before, so whether that is paid for is not known. Resume again later, or run the pipeline anew to ask once more.`;
  const takeBack = runtime.clock.schedule(() => control.abort(new GenblazeError("TIMED_OUT", message)), longestLateMs);
  try {
    return await raceAbort(answer, control);
  } finally {
    takeBack();
    forget();
  }
}
