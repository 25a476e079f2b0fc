import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import type { ReferencedValue } from "./scope.js";

const marker: unique symbol = Symbol.for("genblaze.reference");

/** A prompt, a parameter or a condition that is computed from earlier outputs, or from the run's input, when they are there. */
export interface Reference<S = unknown, T = unknown> {
  readonly [marker]: true;
  /** The names that it reads, in the order of the function's arguments. */
  readonly sources: readonly string[];
  readonly compute: (...values: readonly unknown[]) => unknown;
  /** The function's own name, for plans and reasons. */
  readonly label: string;
  /** Why a condition is not met, where that is known before. @default told from `label` and `sources` */
  readonly reason?: string;
  /** Type-level only. */
  readonly "~scope"?: S;
  /** Type-level only. */
  readonly "~result"?: T;
}

type ReferencedValues<S, Names extends readonly (keyof S & string)[]> = {
  readonly [K in keyof Names]: ReferencedValue<S[Names[K]]>;
};

/**
 * Builds a prompt or a parameter out of something earlier: the text or JSON of a text step, the assets of any
 * other step, or the run's input under the name `input`; out of several under a list of names. The names are checked
 * by the compiler and by `plan`; a function that throws, or gives something that is not JSON, fails the step with
 * REFERENCE_FAILED.
 *
 * @example
 * ```ts
 * .step(local.image, { model: "scene-painter", prompt: from("story", (story) => story.scenes[0].picture) })
 * .step(local.music, { model: "m", prompt: from(["story", "style"], (story, style) => `${style}: ${story.title}`) })
 * ```
 */
export function from<S, const N extends keyof S & string, T>(
  source: N,
  compute: (value: ReferencedValue<S[N]>) => T,
): Reference<S, T>;
export function from<S, const N extends readonly (keyof S & string)[], T>(
  sources: N,
  compute: (...values: ReferencedValues<S, N>) => T,
): Reference<S, T>;
export function from(given: unknown, compute: unknown): Reference {
  const sources: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (sources.length === 0 || !sources.every(isText) || typeof compute !== "function") {
    const message = `from(name, function): a step's name (or several) and a function are expected; ${describeValue(given)} and ${describeValue(compute)} were given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  // The runner hands over the values that belong to `sources`, so the parameter types are right by construction.
  return { [marker]: true, sources, compute: compute as Reference["compute"], label: compute.name };
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && marker in value;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
