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

/** What is known of a call before it is made. */
export interface QuoteRequest extends Omit<PricingContext, "assets" | "payload"> {
  /** How many assets are asked for; undefined when the parameters say it in a way that nobody can read. */
  readonly count: number | undefined;
}

/** A price as a pure function: no clock, no network, the same answer for the same call. */
export interface PricingStrategy {
  (context: PricingContext): Cost;
  /**
   * What a call costs at most, before it is made. @default the price of what is expected to come out, and unknown when
   * the strategy reads what only the answer tells
   */
  readonly quote?: (request: QuoteRequest) => Cost;
}
