import { isTarget } from "../node/assert-node.js";
import type { StepDefinition } from "../pipeline/definition.js";
import type { PlannedStep } from "../pipeline/plan.js";
import { isReference } from "../pipeline/reference.js";
import { isPrivate, privateSources, staticValues } from "../privacy/private-parts.js";
import { workflowProblem } from "./workflow-problem.js";

/** Refuses private words that are written down in a step, or in a target of it: a workflow is kept in the clear. */
export function assertNoPrivateWords({ step, bodies }: PlannedStep): void {
  const targets = [...bodies.values()].flatMap((body) => (body.kind === "target" ? [body.planned.step] : []));
  const hasWords = [step, ...targets].some((each) => isPrivate(each) && staticValues(each).length > 0);
  if (!hasWords && !givesPrivateInput(step)) return;
  const message = `Step "${step.key}" has private words in its definition, and a workflow is kept in the clear. Give them to each run: prompt: from("input", function byIdea({ idea }) { return idea; }).`;
  throw workflowProblem(message, { step: step.key });
}

/** Whether a literal input becomes private words in a body. */
function givesPrivateInput(step: StepDefinition): boolean {
  if (step.kind === "provider" || step.input === undefined || isReference(step.input)) return false;
  return Object.values(step.node.bodies).some(
    (body) => !isTarget(body) && privateSources(body.definition).has("input"),
  );
}
