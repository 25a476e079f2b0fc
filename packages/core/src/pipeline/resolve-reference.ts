import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { StepDefinition } from "./definition.js";
import type { StepReference } from "./step-references.js";

/** Where a reference's source value comes from while a request is built. */
export type ReadSource = (source: string) => unknown;

/** What a reference's function gives; REFERENCE_FAILED when it throws. */
export function callReference(
  step: StepDefinition,
  { option, reference }: StepReference,
  readSource: ReadSource,
): unknown {
  try {
    return reference.compute(...reference.sources.map(readSource));
  } catch (error) {
    // The message may quote what a private prompt is made of.
    const isPublic = step.promptVisibility === "public";
    const what = isPublic ? `threw: ${error instanceof Error ? error.message : "no Error"}` : "threw";
    throw referenceFailed(step, { option, reference }, what, isPublic ? error : undefined);
  }
}

/** What a reference's function gives, when it is JSON or undefined; REFERENCE_FAILED for all else. */
export function resolveJson(step: StepDefinition, found: StepReference, readSource: ReadSource): unknown {
  const value = callReference(step, found, readSource);
  const wrong = value === undefined ? undefined : findNonJson(value);
  if (wrong === undefined) return value;
  const place = wrong === "" || step.promptVisibility !== "public" ? "" : ` at "${wrong}"`;
  throw referenceFailed(step, found, `gave something that is not JSON${place}`);
}

/** REFERENCE_FAILED, saying which function of which step did what. */
export function referenceFailed(
  step: StepDefinition,
  { option, reference }: StepReference,
  what: string,
  cause?: unknown,
): GenblazeError {
  const source = reference.sources.join('", "');
  return new GenblazeError(
    "REFERENCE_FAILED",
    `Step "${step.key}": the function of from("${source}") for "${option}" ${what}.`,
    { cause, details: { step: step.key, option, source: reference.sources.join(", ") } },
  );
}
