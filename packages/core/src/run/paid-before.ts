import type { ProviderStep } from "../pipeline/definition.js";
import type { StepRequest, Submission } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import type { KeptOutput } from "./cached-step.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/**
 * What the step made in the time before and nobody has judged yet. It is none when what the step takes is other than it
 * was, or when its bytes are not at hand.
 */
export async function paidBefore(
  run: RunContext,
  { output, request: asked }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  signal: AbortSignal,
): Promise<KeptOutput | undefined> {
  if (output === undefined || asked === undefined || idsOf(asked) !== idsOf(request)) return undefined;
  if (step.provider.yields !== "text") return { given: {}, kept: output };
  const [asset] = output.assets.map(run.privacy.assetAsGiven);
  if (asset === undefined || !run.spool.has(asset)) return undefined;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await run.spool.read(asset, signal));
  return { given: { text }, kept: output };
}

/**
 * What the step's provider was asked in the time before: an answer that came too late or could not be kept, or a job
 * that may still be under way. It is none when the step takes something else now.
 */
export async function askedBefore(
  run: RunContext,
  { operation, request: asked }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): Promise<Submission | undefined> {
  const { key, provider, promptVisibility } = step;
  const unrecorded = run.unrecorded.get(key);
  if (unrecorded?.inputs === idsOf(request)) {
    const submission = await raceAbort(unrecorded.submission, abort);
    run.unrecorded.delete(key);
    // What was refused then is asked for anew.
    if (submission !== undefined && submission.status !== "failed") return submission;
  }
  if (operation === undefined || asked === undefined || idsOf(asked) !== idsOf(request)) return undefined;
  // In the journal the one of a private step may lack words.
  const known = run.operations.get(key) ?? (promptVisibility === "public" ? operation : undefined);
  return known === undefined || provider.poll === undefined ? undefined : { status: "pending", operation: known };
}

/** The assets that a request takes, as one text. */
export function idsOf({ inputs }: { readonly inputs: readonly { readonly asset: { readonly assetId: string } }[] }) {
  return inputs.map(({ asset }) => asset.assetId).join();
}
