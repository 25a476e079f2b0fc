import type { JsonInputObject } from "../json/json-input.js";
import type { Asset, Run, Step } from "./model.js";

/** An asset whose free-form object may tell floats from integers; every `Asset` is one. */
export interface AssetInput extends Omit<Asset, "metadata"> {
  readonly metadata: JsonInputObject;
}

/** A step whose free-form objects may tell floats from integers; every `Step` is one. */
export interface StepInput extends Omit<Step, "params" | "inputs" | "assets" | "providerPayload" | "metadata"> {
  readonly params: JsonInputObject;
  readonly inputs: readonly AssetInput[];
  readonly assets: readonly AssetInput[];
  readonly providerPayload: JsonInputObject;
  readonly metadata: JsonInputObject;
}

/** A run whose free-form objects may tell floats from integers; every `Run` is one. */
export interface RunInput extends Omit<Run, "steps" | "metadata"> {
  readonly steps: readonly StepInput[];
  readonly metadata: JsonInputObject;
}
