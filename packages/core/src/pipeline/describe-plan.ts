import { countOf } from "../internal/count-of.js";
import type { Plan, PlannedStep } from "./plan.js";
import type { InputEdge } from "./plan-inputs.js";
import { referencedNames } from "./step-references.js";

/** The plan as lines of text: each step, its provider and model, and where its inputs come from; parts of nodes below them. */
export function describePlan(plan: Plan): string {
  return [`${plan.definition.name}: ${countOf(plan.steps.length, "step")}`, ...describeSteps(plan, "  ")].join("\n");
}

function describeSteps(plan: Plan, indent: string): readonly string[] {
  return plan.steps.flatMap((planned) => describeStep(planned, `${indent}${planned.index + 1}. `, indent));
}

function describeStep(planned: PlannedStep, mark: string, indent: string): readonly string[] {
  const { step } = planned;
  const edges = planned.inputs.map((edge) => {
    const role = edge.role === undefined ? "" : `${edge.role}: `;
    return `${role}${sourceText(edge)}${edge.chosenBy === "chain" ? " (chain)" : ""}`;
  });
  const takes = edges.length === 0 ? "" : ` takes ${edges.join(", ")}`;
  const sources = referencedNames(step);
  const reads = sources.length === 0 ? "" : ` reads ${sources.join(", ")}`;
  const after = step.after.length === 0 ? "" : ` after ${step.after.join(", ")}`;
  const facts = `${takes}${reads}${after}${step.when === undefined ? "" : " (conditional)"}${step.optional ? " (optional)" : ""}`;
  return [
    `${mark}${step.key}: ${step.provider.name}/${step.model} -> ${step.provider.yields}${facts}`,
    ...planned.warnings.map((warning) => `${indent}   warning: ${warning.option}: ${warning.message}`),
    ...describeBodies(planned, `${indent}   `),
  ];
}

function describeBodies({ bodies }: PlannedStep, indent: string): readonly string[] {
  return [...bodies].flatMap(([name, body]) =>
    body.kind === "target"
      ? describeStep(body.planned, `${indent}- `, indent)
      : [...(name === "body" ? [] : [`${indent}- ${name}:`]), ...describeSteps(body.plan, `${indent}  `)],
  );
}

/** How an input is called where it is named. */
export function sourceText(edge: InputEdge): string {
  if (edge.kind === "external") return edge.asset.label;
  if (edge.kind === "reference") return `from ${edge.reference.sources.join(", ")}`;
  const { name, modality, role, index } = edge.selector;
  return `${name}${modality === undefined ? "" : `.${modality}`}${role === undefined ? "" : `.${role}`}${index === undefined ? "" : `[${index}]`}`;
}
