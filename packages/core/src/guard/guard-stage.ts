import { z } from "zod";
import type { Guard } from "./guard.js";

const stages = ["prompt", "output", "both"] as const;

/** What a guard looks at: what goes into a step, what comes out of it, or both. */
export type GuardStage = (typeof stages)[number];

/** The option that says what a guard looks at. */
export const guardStage = z.enum(stages, '"prompt", "output" or "both" is expected');

/** The guard at one stage only; which functions it has is what the runner goes by. */
export function guardAt(
  stage: GuardStage,
  { name, checkPrompt, checkOutput }: Required<Omit<Guard, "onlySteps">>,
): Guard {
  return {
    name,
    ...(stage === "output" ? {} : { checkPrompt }),
    ...(stage === "prompt" ? {} : { checkOutput }),
  };
}
