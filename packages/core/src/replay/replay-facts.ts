import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";

/** Something that a replay sends otherwise than the manifest records; private values are `[private]`. */
export interface ReplayChange {
  readonly step: string;
  /** `provider`, `model`, `prompt`, `params.<name>`, `promptVisibility`, `modality`, `name`. */
  readonly field: string;
  /** Absent when there was nothing. */
  readonly from?: JsonValue;
  /** Absent when there is nothing now. */
  readonly to?: JsonValue;
}

/** Something of the recorded run that cannot be rebuilt. */
export interface NotReplayed {
  /** `null` for something of the run. */
  readonly step: string | null;
  readonly what: string;
  readonly why: string;
}

/** What to do otherwise in one step. */
export interface StepOverride {
  /** A provider, or the name of a given one. */
  readonly provider?: AnyProvider | string | undefined;
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  /** Put over the recorded ones; `undefined` takes one away. `seed`, `negativePrompt`, `providerOptions` too. */
  readonly params?: Readonly<Record<string, JsonValue | undefined>> | undefined;
}
