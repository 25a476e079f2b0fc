import type { StepWarning } from "../provider/provider.js";
import type { ProviderStep } from "./definition.js";

/** Parameters that mean the same to every provider, or are warned about. */
const standardNames: ReadonlySet<string> = new Set([
  "aspectRatio",
  "durationSeconds",
  "language",
  "negativePrompt",
  "outputFormat",
  "resolution",
  "sampleRate",
  "seed",
  "speed",
  "voice",
]);

/** A step as one of those who can do it would do it. */
export interface StepTarget {
  /** 0 is the step's own provider and model, those behind are its fallbacks. */
  readonly index: number;
  readonly step: ProviderStep;
  /** What of the step's parameters it does not get. */
  readonly warnings: readonly StepWarning[];
}

const noWarnings: readonly StepWarning[] = [];

/** How many can do a step. */
export function countTargets({ fallbacks }: ProviderStep): number {
  return fallbacks.length + 1;
}

/** The step for one of its targets; of one that is not there, as after a change of the pipeline, the step itself. */
export function targetOfStep(step: ProviderStep, index: number): StepTarget {
  const fallback = step.fallbacks[index - 1];
  if (fallback === undefined) return { index: 0, step, warnings: noWarnings };
  const { provider, model, params: own } = fallback;
  const isOther = provider !== step.provider;
  const left = Object.keys(step.params).filter((name) => isOther && !standardNames.has(name) && !(name in own));
  const params = Object.entries({ ...step.params, ...own }).filter(
    ([name, value]) => value !== undefined && !left.includes(name),
  );
  const providerOptions = fallback.providerOptions ?? step.providerOptions;
  return {
    index,
    step: { ...step, provider, model, params: Object.fromEntries(params), providerOptions },
    warnings: left.map((name) => ({
      option: `params.${name}`,
      message: `Not given to ${provider.name}, since it is a word of ${step.provider.name}. Name it in the fallback's own params where it knows it too.`,
    })),
  };
}
