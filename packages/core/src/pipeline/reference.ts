import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import type { ReferencedValue } from "./scope.js";

const marker: unique symbol = Symbol.for("genblaze.reference");

/** A prompt or parameter that is computed from an earlier step's output, or from the run's input, when it is there. */
export interface Reference<S = unknown, T = unknown> {
  readonly [marker]: true;
  readonly source: string;
  readonly compute: (value: unknown) => unknown;
  /** Type-level only. */
  readonly "~scope"?: S;
  /** Type-level only. */
  readonly "~result"?: T;
}

/**
 * Builds a prompt or a parameter out of something earlier: the text or JSON of a text step, the assets of any
 * other step, or the run's input under the name `input`. The name is checked by the compiler and by `plan`; a
 * function that throws, or gives something that is not JSON, fails the step with REFERENCE_FAILED.
 *
 * @example
 * ```ts
 * .step(local.image, { model: "scene-painter", prompt: from("story", (story) => story.scenes[0].picture) })
 * ```
 */
export function from<S, const N extends keyof S & string, T>(
  source: N,
  compute: (value: ReferencedValue<S[N]>) => T,
): Reference<S, T> {
  if (typeof source !== "string" || typeof compute !== "function") {
    const message = `from(name, function): a step's name and a function are expected; ${describeValue(source)} and ${describeValue(compute)} were given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  // The runner hands over the value that belongs to `source`, so the parameter type is right by construction.
  return { [marker]: true, source, compute: compute as (value: unknown) => unknown };
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && marker in value;
}
