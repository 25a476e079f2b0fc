import type { JsonObject } from "../json/json-value.js";
import type { StepType } from "../provider/provider.js";
import type { Reference } from "./reference.js";
import type { SchemaLike } from "./scope.js";
import type { AnyProvider, StepVisibility } from "./step-options.js";

/** One step as plain data; the same words as in `.step(provider, options)`. */
export interface StepData {
  readonly provider: AnyProvider;
  readonly name?: string;
  readonly model: string;
  readonly prompt?: string | Reference;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly providerOptions?: JsonObject;
  readonly inputs?: readonly string[] | Readonly<Record<string, string | readonly string[]>>;
  readonly type?: StepType;
  readonly output?: SchemaLike;
  readonly timeoutMs?: number;
  readonly metadata?: JsonObject;
  readonly promptVisibility?: StepVisibility;
  readonly privateParams?: readonly string[];
}

/** A pipeline as plain data, for pipelines that are built in a loop. Order is free: names connect the steps. */
export interface PipelineData {
  readonly name: string;
  readonly chain?: boolean;
  readonly input?: SchemaLike;
  readonly metadata?: JsonObject;
  readonly tenantId?: string;
  readonly projectId?: string;
  readonly steps: readonly StepData[];
}

/** A step's wish for the assets of another step. */
export interface InputBinding {
  readonly role: string | undefined;
  readonly step: string;
}

/** A checked step. */
export interface StepDefinition {
  /** The given name, or `step-` and the position from 1. */
  readonly key: string;
  readonly provider: AnyProvider;
  readonly model: string;
  readonly type: StepType;
  readonly prompt: string | Reference | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly providerOptions: JsonObject;
  /** `undefined` when the step says nothing of inputs, so that `chain` may choose. */
  readonly inputs: readonly InputBinding[] | undefined;
  readonly output: SchemaLike | undefined;
  readonly timeoutMs: number | undefined;
  readonly metadata: JsonObject;
  readonly promptVisibility: StepVisibility;
  readonly privateParams: readonly string[];
}

/** A pipeline after its options were checked: plain, frozen data without any state of a run. */
export interface PipelineDefinition {
  readonly name: string;
  readonly chain: boolean;
  readonly input: SchemaLike | undefined;
  readonly metadata: JsonObject;
  readonly tenantId: string | undefined;
  readonly projectId: string | undefined;
  readonly steps: readonly StepDefinition[];
}
