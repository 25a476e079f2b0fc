import type { JsonObject } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import type { Cost } from "./cost.js";

/** What a call is priced by. */
export interface PricingContext {
  readonly provider: string;
  readonly model: string;
  readonly prompt: string | undefined;
  readonly params: JsonObject;
  /** What the call was given. */
  readonly inputs: readonly Asset[];
  /** What the call made. */
  readonly assets: readonly Asset[];
  /** What the provider told of the job: billed units, token counts. */
  readonly payload: JsonObject;
}

/** A price as a pure function: no clock, no network, the same answer for the same call. */
export type PricingStrategy = (context: PricingContext) => Cost;
