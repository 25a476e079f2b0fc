import type { Plan, PlannedStep } from "./plan.js";
import { referencedNames } from "./plan.js";

/** The plan as lines of text: each step, its provider and model, and where its inputs come from. */
export function describePlan(plan: Plan): string {
  const lines = plan.steps.flatMap((planned) => [describeStep(plan, planned), ...describeWarnings(planned)]);
  return [`${plan.definition.name}: ${plan.steps.length} steps`, ...lines].join("\n");
}

function describeStep(plan: Plan, planned: PlannedStep): string {
  const { step } = planned;
  const edges = planned.inputs.map((edge) => {
    const source = plan.definition.steps[edge.from]?.key ?? "";
    const role = edge.role === undefined ? "" : `${edge.role}: `;
    return `${role}${source}${edge.chosenBy === "chain" ? " (chain)" : ""}`;
  });
  const takes = edges.length === 0 ? "" : ` takes ${edges.join(", ")}`;
  const sources = [...new Set(referencedNames(step))];
  const reads = sources.length === 0 ? "" : ` reads ${sources.join(", ")}`;
  return `  ${planned.index + 1}. ${step.key}: ${step.provider.name}/${step.model} -> ${step.provider.yields}${takes}${reads}`;
}

function describeWarnings(planned: PlannedStep): readonly string[] {
  return planned.warnings.map((warning) => `     warning: ${warning.option}: ${warning.message}`);
}
