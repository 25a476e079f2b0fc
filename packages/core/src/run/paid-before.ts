import type { JsonValue } from "../json/json-value.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { StepRequest } from "../provider/provider.js";
import type { KeptOutput } from "./cached-step.js";
import type { RecordedRequest } from "./journal.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/**
 * An output that was written down, and so was paid for, before the run ended without judging it: a guard threw, the
 * journal failed. It is judged now and not asked for again; undefined when there is none, or when the step takes
 * other assets by now.
 */
export async function paidBefore(
  run: RunContext,
  { output, request: asked }: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  signal: AbortSignal,
): Promise<KeptOutput | undefined> {
  if (output === undefined || asked === undefined) return undefined;
  if (!takesTheSame(asked, request)) return undefined;
  if (step.provider.yields !== "text") return { given: {}, kept: output };
  const [asset] = output.assets.map(run.privacy.assetAsGiven);
  if (asset === undefined || !run.spool.has(asset)) return undefined;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await run.spool.read(asset, signal));
  return { given: { text }, kept: output };
}

/** The job that a time limit let go of, when it is one for what the step takes now. */
export function openBefore({ operation, request: asked }: StepProgress, request: StepRequest): JsonValue | undefined {
  return asked !== undefined && takesTheSame(asked, request) ? operation : undefined;
}

function takesTheSame(asked: RecordedRequest, { inputs }: StepRequest): boolean {
  return asked.inputs.map(({ asset }) => asset.assetId).join() === inputs.map(({ asset }) => asset.assetId).join();
}
