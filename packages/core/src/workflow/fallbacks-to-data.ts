import type { JsonObject } from "../json/json-value.js";
import type { StepDefinition } from "../pipeline/definition.js";
import { DEFAULT_FALLBACK_ON, type Fallback, type FallbackData } from "../pipeline/fallback.js";
import { providerFromData } from "./provider-from-data.js";
import { providerToData, unlessBare } from "./provider-to-data.js";
import type { WorkflowFallback, WorkflowStep } from "./workflow.js";
import type { WorkflowParts } from "./workflow-parts.js";

/** Who else is asked for a step, and after what, as data. */
export function fallbacksToData(step: StepDefinition): Pick<WorkflowStep, "fallbacks" | "fallbackOn" | "hedge"> {
  if (step.kind === "node" || step.fallbacks.length === 0) return {};
  const { fallbacks, fallbackOn, hedge } = step;
  const isUsual = fallbackOn === DEFAULT_FALLBACK_ON;
  return { fallbacks: fallbacks.map(toData), fallbackOn: isUsual ? undefined : fallbackOn, hedge };
}

function toData({ provider, model, params, providerOptions }: Fallback): WorkflowFallback {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  const without = Object.keys(params).filter((name) => params[name] === undefined);
  return {
    provider: providerToData(provider),
    model,
    // The definition was checked: they are JSON.
    params: unlessBare(Object.fromEntries(given) as JsonObject),
    without: without.length === 0 ? undefined : without,
    providerOptions,
  };
}

/** The same again, as the options of a step. */
export function fallbackFromData(
  { without = [], params, ...fallback }: WorkflowFallback,
  place: string,
  parts: WorkflowParts,
): FallbackData {
  const left = Object.fromEntries(without.map((name) => [name, undefined]));
  return {
    ...fallback,
    params: { ...params, ...left },
    provider: providerFromData(fallback.provider, place, false, parts),
  };
}
