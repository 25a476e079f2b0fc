import type { Asset, Modality } from "../manifest/model.js";
import type { PipelineDefinition } from "./definition.js";

/** The text of a text step that has no output schema. */
export type PlainText = string & { readonly "~plain"?: true };

/** What the later steps know of an earlier one: what it yields, and the type of its text or JSON. */
export interface StepOutput<M extends Modality = Modality, T = unknown> {
  readonly modality: M;
  /** Type-level only; the value itself is in the run's result. */
  readonly "~value"?: T;
}

/** The scope of a new pipeline: nothing but the run's input, and the assets of the kinds that it accepts. */
export interface InputScope<In, A extends Modality = never> {
  readonly input: StepOutput<"text", In> & { readonly "~given"?: { readonly modality: A } };
}

/** The scope of a pipeline whose steps the compiler does not know. */
export type OpenScope = Readonly<Record<string, StepOutput>>;

/** Names of steps; `input` is the run's input and no step. */
export type StepName<S> = Exclude<keyof S & string, "input">;

export type ModalityOf<V> = V extends StepOutput<infer M, unknown> ? M : never;

/** What the function of a `from(...)` is given: the text or JSON of a text step, the assets of any other. */
export type ReferencedValue<V> =
  V extends StepOutput<infer M, infer T> ? (M extends "text" ? T : readonly Asset[]) : never;

/** A pipeline as a part of others: what it yields, the assets it takes, the type of its text or JSON and of its input, its steps. */
export interface PipelineBody<
  Yields extends Modality = Modality,
  Accepts extends Modality = Modality,
  Value = unknown,
  Input = unknown,
  Scope = unknown,
> {
  readonly definition: PipelineDefinition;
  /** Type-level only. */
  readonly "~body"?: {
    readonly yields: Yields;
    readonly accepts: Accepts;
    readonly value: Value;
    readonly input: (input: Input) => void;
    readonly scope: Scope;
  };
}

/** A zod schema, or any other that follows the Standard Schema interface. */
export interface SchemaLike<T = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly validate: (value: unknown) => SchemaVerdict | Promise<SchemaVerdict>;
    readonly types?: { readonly output: T } | undefined;
  };
}

export type SchemaVerdict =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
