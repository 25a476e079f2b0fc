import { sourceText } from "./describe-plan.js";
import type { InputEdge } from "./plan-inputs.js";

/** A role, or a selector that says more than the name. */
export function labelOf(edge: InputEdge): string | undefined {
  const source = sourceText(edge);
  const part = edge.kind === "step" && source !== edge.selector.name ? source.slice(edge.selector.name.length) : "";
  const label = `${edge.role ?? ""}${part === "" ? "" : ` ${part}`}`.trim();
  return label === "" ? undefined : label;
}
