import type { NodeStep } from "./definition.js";
import { isHandingOn } from "./kinds-of.js";
import type { Plan, PlannedStep } from "./plan.js";

/** A step with the name that journal, events and guards know it by; `[*]` stands for the places of items. */
export interface NamedStep {
  readonly name: string;
  readonly planned: PlannedStep;
}

/** Every step of a plan, those inside nodes too. */
export function namesInside({ steps }: Plan, path = ""): readonly NamedStep[] {
  return steps.flatMap((planned) => [{ name: `${path}${planned.step.key}`, planned }, ...partsOf(planned, path)]);
}

function partsOf({ step, bodies }: PlannedStep, path: string): readonly NamedStep[] {
  if (step.kind === "provider") return [];
  return placesOf(step).flatMap((place) =>
    [...bodies].flatMap(([body, planned]): readonly NamedStep[] => {
      const name = `${path}${step.key}${place}`;
      if (planned.kind === "target") return [{ name: `${name}.${body}`, planned: planned.planned }];
      return namesInside(planned.plan, body === "body" ? `${name}.` : `${name}.${body}.`);
    }),
  );
}

/** Nodes of others may run their bodies once or for items. */
function placesOf({ node }: NodeStep): readonly string[] {
  if (node.kind === "map" || node.kind === "loop") return ["[*]"];
  return isHandingOn(node) ? [""] : ["", "[*]"];
}
