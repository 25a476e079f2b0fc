import type { Guard } from "../guard/guard.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality, PromptVisibility } from "../manifest/model.js";
import type { Provider, StepType } from "../provider/provider.js";
import type { RetryOption } from "../retry/retry-policy.js";
import type { PollingOptions } from "../run/polling.js";
import type { JoinPolicy } from "./definition.js";
import type { FallbackData, FallbackReason, HedgeOption } from "./fallback.js";
import type { ComputedInputs } from "./input-names.js";
import type { Reference } from "./reference.js";
import type { SchemaLike, StepName } from "./scope.js";

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

/** Who reads the prompts of a step. */
export type StepVisibility = Exclude<PromptVisibility, "redacted">;

/** `use` takes results from the cache and puts them there, `refresh` only puts, `bypass` does neither. */
export type CacheMode = "use" | "bypass" | "refresh";

/** What the options of steps of both kinds have in common. */
export interface CommonOptions<S, N extends string, I, T> {
  /** The name that later steps, results and events use. @default "step-1", "step-2", ... by position */
  readonly name?: (N & (N extends keyof S ? { "this step name is already used": N } : unknown)) | undefined;
  readonly prompt?: string | Reference<S, string> | undefined;
  /** Parameters in the provider's own words, passed on unchanged. */
  readonly providerOptions?: JsonObject | undefined;
  /**
   * The assets that this step takes: names of steps, selectors like `clip.video` or `frame[0]`, assets from outside.
   * @default none, or the nearest fitting step under `chain`
   */
  readonly inputs?: I | ComputedInputs<S> | undefined;
  /** Steps that must have succeeded first, though nothing is taken from them. @default [] */
  readonly after?: readonly StepName<S>[] | undefined;
  /** Whether the step runs at all; it is `skipped` when the function gives `false`. @default it does */
  readonly when?: Reference<S, boolean> | undefined;
  /** Whether the run can complete without this step, and steps that take its assets can do without them. @default false */
  readonly optional?: boolean | undefined;
  /** How many of the steps that `inputs` names must have succeeded, once all have ended. @default "all" */
  readonly join?: JoinPolicy | undefined;
  /** What the step does. @default "generate" */
  readonly type?: StepType | undefined;
  /** Schema of the JSON that a text step must give; a zod schema fits. Other JSON is asked for once more. */
  readonly output?: SchemaLike<T> | undefined;
  /** Time limit of this step in milliseconds, waiting for inputs not counted. @default none */
  readonly timeoutMs?: number | undefined;
  /**
   * Time limit of one attempt in milliseconds, from its submit to its output: after it the job is not waited for any
   * more, and the step fails with TIMED_OUT. @default none
   */
  readonly attemptTimeoutMs?: number | undefined;
  /** How often a job is asked how it stands, and for how long it may be silent. @default the runtime's */
  readonly poll?: PollingOptions | undefined;
  /** Look at the words that go in and at what comes out, after those of the pipeline. @default [] */
  readonly guards?: readonly Guard[] | undefined;
  /** How often a new output is asked for when a guard rejects one; each is paid for. @default 0 */
  readonly regenerate?: number | undefined;
  /**
   * How often and after what waits what failed is tried again, each phase by itself: a submit only when the provider
   * surely did not take it. @default the runtime's
   */
  readonly retry?: RetryOption | undefined;
  /** Whether the runtime's cache may answer, and keeps the answer: `refresh` only keeps. @default the run's */
  readonly cache?: CacheMode | undefined;
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

/** What `.step(provider, options)` takes. */
export interface StepOptions<S, Params, Id extends string, N extends string, I, T, F = readonly FallbackData[]>
  extends CommonOptions<S, N, I, T> {
  /** A known model of the provider, or any other id it may have. */
  readonly model: Id | KnownModel<Params>;
  /** Standard and model parameters: `durationSeconds`, `aspectRatio`, `seed`, `negativePrompt`, ... */
  readonly params?: OrReference<S, ParamsOf<Params, Id> & StandardParams> | undefined;
  /**
   * Who is asked, in order, when the provider cannot: another model, of another provider too, with parameters of its
   * own over those of the step. Never while a job that is paid for may still be under way. @default []
   */
  readonly fallbacks?: F | undefined;
  /**
   * The kinds of errors after which the next one is asked.
   * @default ["model_error", "rate_limit", "server_error", "timeout"]
   */
  readonly fallbackOn?: readonly FallbackReason[] | undefined;
  /**
   * Asks the first fallback too when the provider has not answered after so many milliseconds, takes the output that
   * comes first and calls the other job back: both may be paid for. @default never
   */
  readonly hedge?: HedgeOption | undefined;
}

/** What `.step(node, options)` takes; prompt, parameters and the like are those of the node's targets. */
export type NodeOptions<S, Input, N extends string, I, T> = CommonOptions<S, N, I, T> & {
  /** Parameters of the node's targets. */
  readonly params?: Readonly<Record<string, JsonValue | Reference<S> | undefined>> | undefined;
} & NodeInput<S, Input>;

/** What the node works on; a node whose bodies have an input must be given one. */
type NodeInput<S, Input> = unknown extends Input
  ? { readonly input?: JsonValue | Reference<S> }
  : undefined extends Input
    ? { readonly input?: Input | Reference<S, Input> }
    : { readonly input: Input | Reference<S, Input> };
