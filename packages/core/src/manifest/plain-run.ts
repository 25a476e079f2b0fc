import { isJsonFloat } from "../json/json-float.js";
import type { JsonInput, JsonInputObject } from "../json/json-input.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, Run, Step } from "./model.js";
import type { AssetInput, RunInput, StepInput } from "./model-input.js";

/** The run with its free-form objects as plain JavaScript values; integers beyond 2^53 in them lose digits. */
export function toPlainRun(run: RunInput): Run {
  return { ...run, steps: run.steps.map(toPlainStep), metadata: toPlainObject(run.metadata) };
}

function toPlainStep(step: StepInput): Step {
  return {
    ...step,
    params: toPlainObject(step.params),
    inputs: step.inputs.map(toPlainAsset),
    assets: step.assets.map(toPlainAsset),
    providerPayload: toPlainObject(step.providerPayload),
    metadata: toPlainObject(step.metadata),
  };
}

function toPlainAsset(asset: AssetInput): Asset {
  return { ...asset, metadata: toPlainObject(asset.metadata) };
}

function toPlainObject(object: JsonInputObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, toPlainValue(value)]));
}

function toPlainValue(value: JsonInput): JsonValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return value.map(toPlainValue);
  // A float's brand tells it from an object, which the compiler cannot see by itself.
  return isJsonFloat(value) ? value.value : toPlainObject(value as JsonInputObject);
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: object): value is readonly JsonInput[] {
  return Array.isArray(value);
}
