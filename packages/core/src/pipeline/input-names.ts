import type { Modality } from "../manifest/model.js";
import type { ExternalAsset } from "./external-asset.js";
import type { Reference } from "./reference.js";
import type { ModalityOf, StepName } from "./scope.js";

/** `clip.video`, `frame[0]`, `clip.audio[1]`, `input.photo`; checked in full by {@link CheckedInputs}. */
type SelectorText = `${string}.${string}` | `${string}[${number}]`;

/** What an entry of a step's inputs may be. */
export type InputEntry<S> = StepName<S> | "input" | SelectorText | ExternalAsset | Reference<S, ExternalValue>;

/** What the function of an input's `from(...)` gives. */
export type ExternalValue = ExternalAsset | readonly ExternalAsset[] | undefined;

/** Where a step's inputs come from: a list (matched by media type), or role -> one or several. */
export type InputNames<S> =
  | readonly InputEntry<S>[]
  | { readonly [role: string]: InputEntry<S> | readonly InputEntry<S>[] };

/**
 * Inputs that are all computed. They fit {@link InputNames} too; this says it where the compiler need not infer the whole
 * first, so that it knows the names that each `from(...)` may read.
 */
export type ComputedInputs<S> =
  | readonly Reference<S, ExternalValue>[]
  | { readonly [role: string]: Reference<S, ExternalValue> };

/** The inputs again, where they fit; a sentence in their place where they do not: a text, since the compiler elides objects. */
export type CheckedInputs<S, Accepts, I> = CheckedEntries<S, Accepts, I> extends I ? I : CheckedEntries<S, Accepts, I>;

type CheckedEntries<S, Accepts, I> = { readonly [K in keyof I]: CheckedEntry<S, Accepts, I[K]> };

type CheckedEntry<S, Accepts, E> = E extends readonly unknown[]
  ? { readonly [K in keyof E]: CheckedInput<S, Accepts, E[K]> }
  : CheckedInput<S, Accepts, E>;

type CheckedInput<S, Accepts, K> = K extends string
  ? SelectedModality<S, K> extends infer M
    ? [M] extends [Modality]
      ? [M] extends [Accepts]
        ? K
        : `this provider does not accept ${M}`
      : M
    : never
  : K;

/** What a name or a selector gives, or what is wrong with it. */
type SelectedModality<S, K extends string> = K extends "input"
  ? GivenModality<S>
  : K extends keyof S
    ? ModalityOf<S[K]>
    : K extends `${infer Rest}[${number}]`
      ? SelectedModality<S, Rest>
      : K extends `input.${infer Part}`
        ? Part extends Modality
          ? Part
          : GivenModality<S>
        : K extends `${infer Name}.${infer Part}`
          ? Name extends keyof S
            ? Part extends Modality
              ? Part
              : `${Part} is no kind of asset`
            : UnknownName<S, Name>
          : UnknownName<S, K>;

// In a scope that the compiler does not know every name may be one, and a text that it does not know may be any name.
type UnknownName<S, Name extends string> = string extends keyof S | Name
  ? Modality
  : `no earlier step is named ${Name}`;

type GivenModality<S> = S extends { readonly input: { readonly "~given"?: { readonly modality: infer A } | undefined } }
  ? [A] extends [never]
    ? "this pipeline takes no assets: say accepts: [...]"
    : A
  : Modality;
