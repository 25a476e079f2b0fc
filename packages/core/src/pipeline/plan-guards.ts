import type { Guard } from "../guard/guard.js";
import { didYouMean } from "../internal/closest-name.js";
import type { StepWarning } from "../provider/provider.js";
import { namesInside } from "./names-inside.js";
import type { Plan, PlannedStep } from "./plan.js";

/** The plan with warnings, at its first step, of guards of the pipeline that are for steps which it cannot have. */
export function withGuardWarnings(plan: Plan): Plan {
  const warnings = warningsOf(plan);
  const [first, ...others] = plan.steps;
  if (first === undefined || warnings.length === 0) return plan;
  const warned: PlannedStep = Object.freeze({ ...first, warnings: [...first.warnings, ...warnings] });
  return Object.freeze({ ...plan, steps: Object.freeze([warned, ...others]) });
}

function warningsOf(plan: Plan): readonly StepWarning[] {
  const { guards, name: pipeline } = plan.definition;
  const wanted = guards.flatMap((guard) => (guard.onlySteps ?? []).map((step) => ({ guard, step })));
  if (wanted.length === 0) return [];
  const names = namesInside(plan).map(({ name }) => name);
  return wanted
    .filter(({ step }) => !names.some((name) => isMeant(step, name)))
    .map(({ guard, step }) => warningOf(guard, step, pipeline, names));
}

/** As a part of another pipeline, its steps have longer names. */
function isMeant(wanted: string, name: string): boolean {
  const ofAnyItem = wanted.replace(/\[\d+\]/g, "[*]");
  return ofAnyItem === name || ofAnyItem.endsWith(`.${name}`);
}

function warningOf({ name }: Guard, step: string, pipeline: string, names: readonly string[]): StepWarning {
  const message = `It is for "${step}", but pipeline "${pipeline}" has no such step, so that it looks at nothing there.${didYouMean(step, names)}`;
  return { option: `guards.${name}`, message };
}
