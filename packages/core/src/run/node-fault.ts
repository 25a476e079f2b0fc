import { GenblazeError } from "../errors/genblaze-error.js";
import type { NodeStep } from "../pipeline/definition.js";

/** A node does not keep its contract; `what` goes on from its name. */
export function nodeFault(
  { key, node: { kind } }: NodeStep,
  what: string,
  code: "OUTPUT_INVALID" | "INVALID_OPTION" = "OUTPUT_INVALID",
): GenblazeError {
  const message = `Step "${key}": the node "${kind}" ${what}. This is a fault of the node.`;
  return new GenblazeError(code, message, { details: { step: key, node: kind } });
}
