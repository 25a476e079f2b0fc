import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import type { NodeOutput } from "../node/composite-node.js";
import { describeValue } from "../options/describe-value.js";
import type { NodeStep } from "../pipeline/definition.js";
import type { InputAsset, StepWarning } from "../provider/provider.js";
import { insideMask } from "./mask-inside.js";
import { nodeFault } from "./node-fault.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { madeBy } from "./step-assets.js";
import type { RecordedInput, RecordedYield } from "./transitions.js";

/** A node of another package may give anything; OUTPUT_INVALID when it is no output. */
export function assertNodeOutput(step: NodeStep, output: unknown): asserts output is NodeOutput {
  const isObject = typeof output === "object" && output !== null;
  const assets: unknown = isObject ? Reflect.get(output, "assets") : undefined;
  if (isObject && (assets === undefined || (Array.isArray(assets) && assets.every(isInput)))) return;
  const came = isObject ? `assets that are ${describeValue(assets)}` : describeValue(output);
  throw nodeFault(step, `must give { assets, value }; it gave ${came}`);
}

function isInput(value: unknown): value is InputAsset {
  const asset: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "asset") : undefined;
  return typeof asset === "object" && asset !== null && typeof Reflect.get(asset, "assetId") === "string";
}

/** What a node gave, as it is recorded. */
export function toYield(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  { assets = [], evidence = {} }: NodeOutput,
): RecordedYield {
  const known = knownAssets(progress);
  const yielded = assets.map(({ asset: { assetId }, role }) => {
    const recorded = known.get(assetId);
    if (recorded === undefined)
      throw nodeFault(step, `yields asset ${assetId}, which no input and no body of it brought`);
    return { ...recorded, role };
  });
  return { assets: yielded, evidence: insideMask(run, progress).json(checkEvidence(step, evidence)) };
}

/** What a node warns of, as it is recorded. */
export function toWarnings(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  warnings: readonly StepWarning[] = [],
): { readonly warnings?: readonly StepWarning[] } {
  if (!Array.isArray(warnings) || !warnings.every(isWarning)) throw nodeFault(step, "gave warnings that are none");
  const mask = insideMask(run, progress);
  const told = warnings.map(({ option, message }) => ({
    option: mask.text(option.toWellFormed()),
    message: mask.text(message.toWellFormed()),
  }));
  return told.length === 0 ? {} : { warnings: told };
}

function isWarning(value: unknown): value is StepWarning {
  if (typeof value !== "object" || value === null || !("option" in value) || !("message" in value)) return false;
  return typeof value.option === "string" && typeof value.message === "string";
}

/** What a node can yield, as it is recorded: a manifest says of it what its own step said. */
function knownAssets({ inputs, groups }: StepProgress): ReadonlyMap<string, RecordedInput> {
  const brought = groups.flatMap(({ steps }) => steps).flatMap(madeBy);
  return new Map([...inputs, ...brought].map((recorded) => [recorded.asset.assetId, recorded]));
}

function checkEvidence(step: NodeStep, evidence: JsonObject): JsonObject {
  const wrong = findNonJson(evidence);
  if (wrong === undefined) return evidence;
  throw nodeFault(step, `gave evidence that is not JSON at "${wrong}"`);
}
