import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { name } from "../pipeline/option-schemas.js";
import type { Guard, OutputCheck, PromptCheck } from "./guard.js";
import { assertGuards, joinGuards } from "./guard-list.js";
import { ALLOWED } from "./verdicts.js";

export interface OnlyForOptions {
  /** What the steps yield: one or several of them. @default any */
  readonly modality?: Modality | readonly Modality[] | undefined;
  /** Full names of the steps; `shots[*].frame` for those of all items. @default all */
  readonly steps?: readonly string[] | undefined;
}

const modality = z.enum(["image", "video", "audio", "text"]);
const optionsSchema = z.strictObject({
  modality: z
    .union([modality, z.array(modality).min(1)], '"image", "video", "audio", "text" or a list of them is expected')
    .optional(),
  steps: z.array(name, "a list of step names is expected").min(1, "at least one step is expected").optional(),
});

/**
 * A guard for some steps only; the others pass unseen. With both options a step must fit both. A name that no step has
 * guards nothing; `plan` warns of it. INVALID_OPTION without any option, and for what is no guard.
 *
 * @example
 * onlyFor({ modality: "image", steps: ["poster"] }, outputFormat({ minWidth: 1024 }));
 */
export function onlyFor(options: OnlyForOptions, guard: Guard): Guard {
  const { modality, steps } = checkOptions(optionsSchema, options, "onlyFor(options, guard)");
  assertGuards([guard], "onlyFor(options, guard)");
  if (modality === undefined && steps === undefined) {
    const message = 'onlyFor(options, guard): option "modality", "steps" or both must say which steps are meant.';
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const modalities = typeof modality === "string" ? [modality] : modality;
  const isMeant = (check: PromptCheck | OutputCheck) =>
    (modalities === undefined || modalities.includes(check.yields)) &&
    (steps === undefined || steps.includes(check.step) || steps.includes(check.step.replace(/\[\d+\]/g, "[*]")));
  const joined = joinGuards("only for", [guard], async (asked, ask, check) => {
    const [only] = asked;
    return only === undefined || !isMeant(check) ? ALLOWED : ask(only);
  });
  return { ...joined, name: guard.name, ...(steps === undefined ? {} : { onlySteps: steps }) };
}
