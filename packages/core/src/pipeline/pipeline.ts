import type { Modality } from "../manifest/model.js";
import type { CompositeNode } from "../node/composite-node.js";
import type { Provider } from "../provider/provider.js";
import type { RunEvent } from "../run/run-events.js";
import type { RunArguments, RunOptions, StreamArguments } from "../run/run-options.js";
import type { RunResult } from "../run/run-result.js";
import type { Runtime } from "../run/runtime.js";
import { type RunHandle, startRun } from "../run/start-run.js";
import { checkStreamOptions } from "../run/stream-options.js";
import { streamRun } from "../run/stream-run.js";
import { appendStep, checkPipeline, checkPipelineData, type PipelineOptions, yielding } from "./check-pipeline.js";
import type { PipelineData, PipelineDefinition } from "./definition.js";
import type { CheckedFallbacks, FallbackData } from "./fallback.js";
import type { CheckedInputs, InputNames } from "./input-names.js";
import { type Plan, plan } from "./plan.js";
import type { InputScope, ModalityOf, OpenScope, PipelineBody, PlainText, StepName, StepOutput } from "./scope.js";
import type { NodeOptions, StepOptions } from "./step-options.js";

/** A pipeline whose steps the compiler does not know. */
export type AnyPipeline = Pipeline<unknown, Modality, OpenScope, StepOutput>;

type BodyTypes<M extends Modality, A extends Modality, V, In, S> = NonNullable<PipelineBody<M, A, V, In, S>["~body"]>;
type ValueOf<Out> = Out extends StepOutput<Modality, infer T> ? T : never;
type DefaultValue<M extends Modality> = M extends "text" ? PlainText : undefined;

/**
 * An immutable description of work: every method returns a new pipeline or a run, and none changes this one.
 * Steps run when their inputs are ready, independent ones at the same time.
 *
 * The compiler knows names, modalities and parameters of up to about a hundred named steps in one chain; for
 * pipelines built in a loop use {@link Pipeline.from}, which `plan` checks instead.
 *
 * @example
 * ```ts
 * const { manifest } = await new Pipeline("poster")
 *   .step(local.image, { model: "scene-painter", prompt: "a paper boat on a rainy street" })
 *   .run();
 * ```
 */
export class Pipeline<In = undefined, A extends Modality = never, S = InputScope<In, A>, Out extends StepOutput = never>
  implements PipelineBody<ModalityOf<Out>, A, ValueOf<Out>, In, S>
{
  /** Type-level only: what this pipeline is as a part of others. */
  declare readonly "~body"?: BodyTypes<ModalityOf<Out>, A, ValueOf<Out>, In, S>;
  /** The plain data behind the builder. */
  readonly definition: PipelineDefinition;
  readonly #runtime: Runtime | undefined;

  /** A pipeline without steps, or one around a definition that another pipeline made. INVALID_OPTION for an unknown option. */
  constructor(start: string | PipelineDefinition, options: PipelineOptions<In, A> = {}) {
    const { definition, runtime } = checkPipeline(start, options);
    this.definition = definition;
    this.#runtime = runtime;
  }

  /** What its runs have unless they name another: to make one of it that differs in one thing. */
  get runtime(): Runtime | undefined {
    return this.#runtime;
  }

  /** A pipeline from plain data, for pipelines built in a loop; steps may stand in any order. */
  static from(data: PipelineData, options: { readonly runtime?: Runtime } = {}): AnyPipeline {
    const definition = checkPipelineData(data);
    // `this` is the constructor that was called, which may bring a runtime of its own.
    return new this<unknown, Modality, OpenScope, StepOutput>(definition, options);
  }

  /**
   * Adds a step that is made of others: a pipeline, or a node like `map(...)`, `route(...)`, `loop(...)`. Errors:
   * INVALID_OPTION, DUPLICATE_STEP.
   */
  step<
    M extends Modality,
    Takes extends Modality,
    V,
    Input,
    const N extends string = never,
    const I extends InputNames<S> = [],
    T = V,
  >(
    node: CompositeNode<M, Takes, V, Input> | PipelineBody<M, Takes, V, Input>,
    options: NodeOptions<S, Input, N, CheckedInputs<S, Takes, I>, T>,
  ): Pipeline<In, A, S & { readonly [K in N]: StepOutput<M, T> }, StepOutput<M, T>>;
  /**
   * Adds a step: a provider and what it shall do. Errors: INVALID_OPTION, DUPLICATE_STEP, WRONG_MODALITY (an
   * output schema on a step that yields media).
   */
  step<
    M extends Modality,
    Takes extends Modality,
    P,
    const Id extends string,
    const N extends string = never,
    const I extends InputNames<S> = [],
    T = DefaultValue<M>,
    const F extends readonly FallbackData[] = [],
  >(
    provider: Provider<M, Takes, P>,
    options: StepOptions<S, P, Id, N, CheckedInputs<S, Takes, I>, T, CheckedFallbacks<F, M, P>>,
  ): Pipeline<In, A, S & { readonly [K in N]: StepOutput<M, T> }, StepOutput<M, T>>;
  // What it gives is what the overloads say; the names and types of steps are the compiler's only.
  step(source: unknown, options: unknown): never {
    return this.#with(appendStep(this.definition, source, options)) as never;
  }

  /**
   * Says which step gives the output of this pipeline where it is part of another one: a step of it, the body of a
   * `map` or a `loop`, an arm. Without it that is the last one; a step that is added behind is the last one again.
   * Errors: UNKNOWN_STEP.
   *
   * @example
   * const draft = new Pipeline("draft").step(painter, { name: "frame", ... }).step(judge, { name: "verdict", ... }).yields("frame");
   */
  yields<const N extends StepName<S>>(name: N): Pipeline<In, A, S, Extract<S[N], StepOutput>> {
    return this.#with(yielding(this.definition, name));
  }

  /** Applies a function that adds steps, so that groups of steps can be reused. */
  use<Out>(addSteps: (pipeline: this) => Out): Out {
    return addSteps(this);
  }

  /** Checks everything that can be checked before anything is spent; see {@link plan} for the errors. */
  plan(): Plan {
    return plan(this.definition);
  }

  /** Runs to the end. Rejects with a GenblazeError that carries the result so far, unless `throwOnFailure` is false. */
  async run(...[options]: RunArguments<In>): Promise<RunResult<S>> {
    return this.#start(options).result;
  }

  /** Begins a run and gives its events and its result. Plan errors are thrown at once. */
  start(...[options]: RunArguments<In>): RunHandle<S> {
    return this.#start(options);
  }

  /**
   * Runs and yields the events; the run's failure is thrown at the end. Leaving the loop early cancels the run. The
   * second argument says what is done when the reader is slower than the run, and where to read on.
   */
  stream(...[options, reading]: StreamArguments<In>): AsyncIterable<RunEvent> {
    checkStreamOptions(reading ?? {});
    return streamRun(this.#start(options), reading);
  }

  #start(options: RunOptions<In> = {}): RunHandle<S> {
    return startRun<S>(this.plan(), options, this.#runtime);
  }

  #with<Next>(definition: PipelineDefinition): Pipeline<In, A, Next, StepOutput> {
    return new Pipeline<In, A, Next, StepOutput>(
      definition,
      this.#runtime === undefined ? {} : { runtime: this.#runtime },
    );
  }
}
