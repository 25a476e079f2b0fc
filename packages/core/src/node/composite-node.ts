import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import type { Reference } from "../pipeline/reference.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { CallContext } from "../provider/call-context.js";
import type { InputAsset, StepType, StepWarning } from "../provider/provider.js";
import type { StepState } from "../run/run-state.js";

/** A provider and what it shall do, as one of several that a node chooses from; what it leaves out the node's step says. */
export interface Target {
  readonly provider: AnyProvider;
  readonly model: string;
  readonly prompt?: string | undefined;
  readonly params?: JsonObject | undefined;
  readonly providerOptions?: JsonObject | undefined;
  readonly type?: StepType | undefined;
  readonly timeoutMs?: number | undefined;
  readonly metadata?: JsonObject | undefined;
  /** `[]` for a target that takes none of the inputs of the node's step. */
  readonly inputs?: readonly [] | undefined;
}

/** What a node runs: a pipeline of its own, closed to names outside, or a target that reads what its step reads. */
export type NodeBody = Target | { readonly definition: PipelineDefinition };

/**
 * A step that is made of others: it decides which of its bodies run, how often and with what, and what it yields. The
 * runner does the rest, so that a body's steps are journaled, resumed, shown and recorded as all others are.
 *
 * A node is a value without state. On resume `run` is called anew: bodies that ended well give what they gave, and
 * {@link NodeContext.decide} what was decided, so everything else in it must follow from these and from its input.
 *
 * `Yields` and `Accepts` are as of a provider, `Value` is what `from(...)` reads of it, `Input` the type of its step's
 * option `input`.
 */
export interface CompositeNode<
  Yields extends Modality = Modality,
  Accepts extends Modality = Modality,
  Value = unknown,
  Input = unknown,
> {
  /** One word for people and manifests, where it stands as the model of provider `genblaze`. */
  readonly kind: string;
  readonly yields: Yields;
  readonly accepts: readonly Accepts[];
  /** Planned before the run; a body named `body` is not named in the names of its steps. */
  readonly bodies: Readonly<Record<string, NodeBody>>;
  /**
   * All that it was made with besides its bodies, its defaults filled in, as data that a stored workflow keeps. A node
   * without `options` cannot be in a workflow; one that has none to say says `{}`.
   */
  readonly options?: JsonObject;
  /** Those of its options that are functions; a stored workflow keeps their names. */
  readonly functions?: Readonly<Record<string, NodeFunction>>;
  /** Type-level only. */
  readonly "~value"?: Value;
  /** Type-level only. */
  readonly "~input"?: (input: Input) => void;
  /** Runs bodies and says what the step yields; what it throws fails the step. */
  run(context: NodeContext): Promise<NodeOutput>;
}

/** An option of a node that is a function. Its parameters are its node's business. */
export type NodeFunction = ((...values: never[]) => unknown) | Reference;

/** What a node's step gives: assets that its bodies or its inputs brought, and a value for `from(...)`. */
export interface NodeOutput {
  readonly assets?: readonly InputAsset[];
  readonly value?: unknown;
  /** Facts for the hashed metadata of its step: what was counted, scored, chosen. */
  readonly evidence?: JsonObject;
  /** Options that could not do what they were given for. @default [] */
  readonly warnings?: readonly StepWarning[];
}

/** Something that a node decided, and why, in words for people. */
export interface Decision<T extends JsonValue = JsonValue> {
  readonly value: T;
  readonly reason: string;
}

/** A decision as a node makes it. */
export interface NewDecision<T extends JsonValue = JsonValue> extends Decision<T> {
  /** Texts in it that private prompts will be made of: they are written down nowhere. @default [] */
  readonly hides?: readonly string[];
}

/** Which run of a body is meant. */
export interface BodyCall {
  /** From 0, for bodies that run several times. @default once */
  readonly item?: number;
  /**
   * Which take of maybe equal work it is, from 0: a cache gives no take what another one was given, since a round that
   * was not good enough would come back. @default it may get what any other run of it gave
   */
  readonly take?: number;
  /** What `from("input", ...)` reads in it. */
  readonly input?: unknown;
  /** What `inputs: ["input"]` takes in it. @default [] */
  readonly assets?: readonly InputAsset[];
}

/** How one run of a body ended. */
export interface BodyOutcome {
  readonly state: Extract<StepState, "succeeded" | "failed" | "skipped" | "cancelled">;
  /** What the step made that it yields: the last one, unless it names another. */
  readonly assets: readonly InputAsset[];
  /** The text or JSON of that step. */
  readonly value: unknown;
  readonly error: GenblazeError | undefined;
  /** What it cost in US dollars; null when the price of a part is unknown. */
  readonly costUsd: number | null;
  /** The text, JSON or assets of one of its steps, as `from(name, ...)` reads it. */
  read(name: string): unknown;
}

/** What a node is given to run with. */
export interface NodeContext extends Omit<CallContext, "fetch" | "onProgress" | "idempotencyKey"> {
  /** The name of its step. */
  readonly step: string;
  /** The step's option `input`, resolved. */
  readonly input: unknown;
  readonly inputs: readonly InputAsset[];
  readonly prompt: string | undefined;
  readonly params: JsonObject;
  readonly runId: string;
  /** Names of the bodies in their order. */
  readonly bodies: readonly string[];
  /** Runs a body. A failure of one of its steps is in the outcome; it is thrown nothing but the end of the run. */
  runBody(body: string, call?: BodyCall): Promise<BodyOutcome>;
  /** Records that a body is not run, and why. */
  skipBody(body: string, reason: string, call?: Pick<BodyCall, "item">): Promise<void>;
  /** Decides once: writes it down, and gives what was written down when the run is resumed. */
  decide<T extends JsonValue>(name: string, make: () => NewDecision<T> | Promise<NewDecision<T>>): Promise<Decision<T>>;
  /**
   * An answer from outside. Without one the run rests: everything else goes on, then it ends as `waiting`, to be
   * resumed with the answer. TIMED_OUT once `timeoutMs` have passed since it was first asked for, resting included.
   */
  waitForAnswer(question: JsonObject, options?: { readonly timeoutMs?: number | undefined }): Promise<JsonValue>;
}
