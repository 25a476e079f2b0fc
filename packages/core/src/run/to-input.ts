import type { InputAsset } from "../provider/provider.js";
import type { RunContext } from "./run-context.js";
import type { RecordedInput } from "./transitions.js";

/** A recorded input as providers and nodes get it; its bytes are read from the run's spool when they are asked for. */
export function toInput(run: RunContext, { asset, step, role }: RecordedInput, signal: AbortSignal): InputAsset {
  const given = run.privacy.assetAsGiven(asset);
  return { role, step: step ?? "", asset: given, read: () => run.spool.read(given, signal) };
}
