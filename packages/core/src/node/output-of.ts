import { GenblazeError } from "../errors/genblaze-error.js";
import type { BodyOutcome, NodeOutput } from "./composite-node.js";

/** What a node yields whose one body has run; the body's error when it failed. */
export function outputOf(outcome: BodyOutcome): NodeOutput {
  if (outcome.state !== "succeeded") throw errorOf(outcome);
  return { assets: outcome.assets, value: outcome.value };
}

/** Why a body did not succeed. */
export function errorOf({ state, error }: BodyOutcome): GenblazeError {
  return error ?? new GenblazeError("RUN_FAILED", `No step inside gave anything: the last one was ${state}.`);
}
