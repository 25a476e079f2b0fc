import type { JsonObject } from "../json/json-value.js";
import type { Modality, PromptVisibility } from "../manifest/model.js";
import type { Provider, StepType } from "../provider/provider.js";
import type { Reference } from "./reference.js";
import type { ModalityOf, SchemaLike, StepName } from "./scope.js";

// The type arguments are as wide as they can be: any provider fits.
export type AnyProvider = Provider<Modality, Modality, unknown>;

export type KnownModel<Params> = keyof Params & string;

/** Parameters of a known model are typed; those of any other id are open. */
export type ParamsOf<Params, Id extends string> = Id extends keyof Params
  ? Params[Id]
  : Readonly<Record<string, unknown>>;

/** Parameters that every provider understands, or warns about. */
export interface StandardParams {
  readonly seed?: number;
  readonly negativePrompt?: string;
}

type OrReference<S, P> = { readonly [K in keyof P]: P[K] | Reference<S, NonNullable<P[K]>> | MayBeUndefined<P, K> };

// An optional parameter may also be given as `undefined`, whatever exactOptionalPropertyTypes says.
type MayBeUndefined<P, K extends keyof P> = object extends Pick<P, K> ? undefined : never;

export type CheckedInput<S, Accepts, K> = K extends keyof S
  ? ModalityOf<S[K]> extends Accepts
    ? K
    : { "this provider does not accept": ModalityOf<S[K]> }
  : K;

type CheckedEntry<S, Accepts, E> = E extends readonly unknown[]
  ? { readonly [K in keyof E]: CheckedInput<S, Accepts, E[K]> }
  : CheckedInput<S, Accepts, E>;

/** Earlier steps whose assets a step takes: a list (matched by media type), or role -> name(s). */
export type InputNames<S> = readonly StepName<S>[] | { readonly [role: string]: StepName<S> | readonly StepName<S>[] };

export type CheckedInputs<S, Accepts, I> = I & { readonly [K in keyof I]: CheckedEntry<S, Accepts, I[K]> };

/** Who reads the prompts of a step. */
export type StepVisibility = Exclude<PromptVisibility, "redacted">;

/** What `.step(provider, options)` takes. */
export interface StepOptions<S, Params, Id extends string, N extends string, I, T> {
  /** The name that later steps, results and events use. @default "step-1", "step-2", ... by position */
  readonly name?: (N & (N extends keyof S ? { "this step name is already used": N } : unknown)) | undefined;
  /** A known model of the provider, or any other id it may have. */
  readonly model: Id | KnownModel<Params>;
  readonly prompt?: string | Reference<S, string> | undefined;
  /** Standard and model parameters: `durationSeconds`, `aspectRatio`, `seed`, `negativePrompt`, ... */
  readonly params?: OrReference<S, ParamsOf<Params, Id> & StandardParams> | undefined;
  /** Parameters in the provider's own words, passed on unchanged. */
  readonly providerOptions?: JsonObject | undefined;
  /** Whose assets this step takes. @default none, or the nearest fitting step under `chain` */
  readonly inputs?: I | undefined;
  /** What the step does. @default "generate" */
  readonly type?: StepType | undefined;
  /** Schema of the JSON that a text step must give; a zod schema fits. */
  readonly output?: SchemaLike<T> | undefined;
  /** Time limit of this step in milliseconds, waiting for inputs not counted. @default none */
  readonly timeoutMs?: number | undefined;
  /** Facts for the manifest; hashed. */
  readonly metadata?: JsonObject | undefined;
  /**
   * Who reads the prompts in the records of the run: `private` keeps them out of manifest, events, journal, logs and
   * errors and leaves commitments; `encrypted` leaves them encrypted. The provider gets them as they are.
   * @default "public"
   */
  readonly promptVisibility?: StepVisibility | undefined;
  /** Parameters that are treated as the prompts are, by name; `providerOptions` is one of them. @default none */
  readonly privateParams?: readonly string[] | undefined;
}
