import type { Guard } from "../guard/guard.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import type { CompositeNode } from "../node/composite-node.js";
import type { StepType } from "../provider/provider.js";
import type { RetryOption, RetryPolicy } from "../retry/retry-policy.js";
import type { Polling, PollingOptions } from "../run/polling.js";
import type { ExternalAsset } from "./external-asset.js";
import type { Fallback, FallbackData, FallbackReason, HedgeOption, HedgePolicy } from "./fallback.js";
import type { Reference } from "./reference.js";
import type { SchemaLike } from "./scope.js";
import type { AnyProvider, CacheMode, StepVisibility } from "./step-options.js";

/** How many of the steps whose assets a step takes must have succeeded. */
export type JoinPolicy = "all" | "any" | { readonly atLeast: number };

/** What one entry of a step's inputs may be: a step's name or a selector, or something from outside. */
export type InputData = string | ExternalAsset | Reference;

/** What steps of providers and of nodes have in common, as plain data. */
interface CommonData {
  readonly name?: string;
  readonly prompt?: string | Reference;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly providerOptions?: JsonObject;
  readonly inputs?: readonly InputData[] | Readonly<Record<string, InputData | readonly InputData[]>>;
  readonly after?: readonly string[];
  readonly when?: Reference;
  readonly optional?: boolean;
  readonly join?: JoinPolicy;
  readonly type?: StepType;
  readonly output?: SchemaLike;
  readonly timeoutMs?: number;
  readonly attemptTimeoutMs?: number;
  readonly poll?: PollingOptions;
  readonly guards?: readonly Guard[];
  readonly regenerate?: number;
  readonly retry?: RetryOption;
  readonly cache?: CacheMode;
  readonly metadata?: JsonObject;
  readonly promptVisibility?: StepVisibility;
  readonly privateParams?: readonly string[];
}

/** One step as plain data; the same words as in `.step(provider, options)`. */
export interface ProviderStepData extends CommonData {
  readonly provider: AnyProvider;
  readonly model: string;
  readonly fallbacks?: readonly FallbackData[];
  readonly fallbackOn?: readonly FallbackReason[];
  readonly hedge?: HedgeOption;
}

/** One composite step as plain data; the same words as in `.step(node, options)`. */
export interface NodeStepData extends CommonData {
  // Whatever type of `input` it has fits here; `plan` checks the value.
  readonly node: CompositeNode<Modality, Modality, unknown, never> | { readonly definition: PipelineDefinition };
  readonly input?: JsonValue | Reference;
}

export type StepData = ProviderStepData | NodeStepData;

/** A pipeline as plain data, for pipelines that are built in a loop. Order is free: names connect the steps. */
export interface PipelineData {
  readonly name: string;
  readonly chain?: boolean;
  readonly input?: SchemaLike;
  readonly accepts?: readonly Modality[];
  readonly guards?: readonly Guard[];
  readonly metadata?: JsonObject;
  readonly tenantId?: string;
  readonly projectId?: string;
  /** The step whose output it yields as a part of another. @default the last one */
  readonly yields?: string;
  readonly steps: readonly StepData[];
}

/** A step's wish for assets. */
export interface InputBinding {
  readonly role: string | undefined;
  readonly source: InputData;
}

/** What checked steps of both kinds have. */
interface CommonDefinition {
  /** The given name, or `step-` and the position from 1. */
  readonly key: string;
  /** A known model of the provider; of a node its kind. */
  readonly model: string;
  readonly type: StepType;
  readonly prompt: string | Reference | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly providerOptions: JsonObject;
  /** `undefined` when the step says nothing of inputs, so that `chain` may choose. */
  readonly inputs: readonly InputBinding[] | undefined;
  /** Steps that must have succeeded first, whose output it does not take. */
  readonly after: readonly string[];
  /** Whether it is run at all. */
  readonly when: Reference | undefined;
  /** Whether the run can do without it. */
  readonly optional: boolean;
  readonly join: JoinPolicy;
  readonly output: SchemaLike | undefined;
  readonly timeoutMs: number | undefined;
  /** Of one attempt, from its submit to its output. */
  readonly attemptTimeoutMs: number | undefined;
  /** Undefined for the runtime's. */
  readonly poll: Polling | undefined;
  readonly guards: readonly Guard[];
  /** How often a new output is asked for when a guard rejects one. */
  readonly regenerate: number;
  /** Undefined for the runtime's. */
  readonly retry: RetryPolicy | undefined;
  readonly cache: CacheMode | undefined;
  readonly metadata: JsonObject;
  readonly promptVisibility: StepVisibility;
  readonly privateParams: readonly string[];
}

/** A checked step that a provider does. */
export interface ProviderStep extends CommonDefinition {
  readonly kind: "provider";
  readonly provider: AnyProvider;
  /** Who is asked when the provider cannot, in order. */
  readonly fallbacks: readonly Fallback[];
  /** What the next one is asked for. */
  readonly fallbackOn: readonly FallbackReason[];
  /** When the first of them is asked beside the provider. */
  readonly hedge: HedgePolicy | undefined;
}

/** What manifests, events and plans show in the place of a provider. */
export interface NodeIdentity {
  readonly name: "genblaze";
  readonly yields: Modality;
  readonly accepts: readonly Modality[];
}

/** A checked step that is made of others. */
export interface NodeStep extends CommonDefinition {
  readonly kind: "node";
  readonly provider: NodeIdentity;
  readonly node: CompositeNode;
  readonly input: unknown;
}

/** A checked step. */
export type StepDefinition = ProviderStep | NodeStep;

/** A pipeline after its options were checked: plain, frozen data without any state of a run. */
export interface PipelineDefinition {
  readonly name: string;
  readonly chain: boolean;
  readonly input: SchemaLike | undefined;
  /** The kinds of assets that it takes from whoever runs it. */
  readonly accepts: readonly Modality[];
  /** Asked at every step of a provider, those inside nodes too. */
  readonly guards: readonly Guard[];
  readonly metadata: JsonObject;
  readonly tenantId: string | undefined;
  readonly projectId: string | undefined;
  /** The step whose output it yields as a part of another; undefined for the last one. */
  readonly yields: string | undefined;
  readonly steps: readonly StepDefinition[];
}
