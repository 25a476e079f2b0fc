import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import type { Target } from "../node/composite-node.js";
import type { JoinPolicy } from "../pipeline/definition.js";
import type { FallbackReason, HedgeOption } from "../pipeline/fallback.js";
import type { CacheMode, StepVisibility } from "../pipeline/step-options.js";
import type { StepType } from "../provider/provider.js";
import type { RetryOption } from "../retry/retry-policy.js";
import type { PollingOptions } from "../run/polling.js";

/** What every workflow says of itself. */
export const WORKFLOW_FORMAT = "genblaze-workflow-v1";

/** A `from(...)`: what it reads, and the name of its function. */
export interface WorkflowReference {
  readonly from: readonly string[];
  readonly function: string;
}

/** A provider by its name, and the facts of it that a pipeline was checked against. */
export interface WorkflowProvider {
  readonly name: string;
  readonly yields: Modality;
  /** In code point order. */
  readonly accepts: readonly Modality[];
}

/** One entry of a step's inputs. */
export interface WorkflowInput {
  readonly role?: string | undefined;
  /** A step's name or a selector. */
  readonly source: string | WorkflowReference;
}

/** A provider's target inside a node. */
export interface WorkflowTarget extends Omit<Target, "provider" | "inputs"> {
  readonly provider: WorkflowProvider;
  /** `[]` for a target that takes none of the inputs of its step. */
  readonly inputs?: readonly never[] | undefined;
}

/** What a node runs; a list and no object, since the order of a split's arms decides who gets which. */
export interface WorkflowBody {
  readonly name: string;
  readonly target?: WorkflowTarget | undefined;
  readonly pipeline?: WorkflowPipeline | undefined;
}

/** A composite node: its kind, its options, the names of its functions, its bodies. */
export interface WorkflowNode {
  readonly kind: string;
  readonly options: JsonObject;
  readonly functions: Readonly<Record<string, string | WorkflowReference>>;
  readonly bodies: readonly WorkflowBody[];
}

/** A step; what stands at its default is left out. It has a provider and a model, or a node. */
export interface WorkflowStep {
  readonly name: string;
  readonly provider?: WorkflowProvider | undefined;
  readonly model?: string | undefined;
  readonly node?: WorkflowNode | undefined;
  readonly prompt?: string | WorkflowReference | undefined;
  readonly params?: JsonObject | undefined;
  /** Parameters that are computed. */
  readonly paramsFrom?: Readonly<Record<string, WorkflowReference>> | undefined;
  readonly providerOptions?: JsonObject | undefined;
  /** What a node works on. */
  readonly input?: JsonValue | undefined;
  readonly inputFrom?: WorkflowReference | undefined;
  readonly inputs?: readonly WorkflowInput[] | undefined;
  readonly after?: readonly string[] | undefined;
  readonly when?: WorkflowReference | undefined;
  readonly optional?: boolean | undefined;
  readonly join?: JoinPolicy | undefined;
  readonly type?: StepType | undefined;
  /** JSON Schema of its output. */
  readonly output?: JsonObject | undefined;
  readonly timeoutMs?: number | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  /** Its rhythm, whole. */
  readonly poll?: PollingOptions | undefined;
  /** Names of guards. */
  readonly guards?: readonly string[] | undefined;
  readonly regenerate?: number | undefined;
  /** Its policy, whole. */
  readonly retry?: RetryOption | undefined;
  readonly fallbacks?: readonly WorkflowFallback[] | undefined;
  readonly fallbackOn?: readonly FallbackReason[] | undefined;
  readonly hedge?: HedgeOption | undefined;
  readonly cache?: CacheMode | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly promptVisibility?: StepVisibility | undefined;
  readonly privateParams?: readonly string[] | undefined;
}

/** Who else is asked for a step. */
export interface WorkflowFallback {
  readonly provider: WorkflowProvider;
  readonly model: string;
  readonly params?: JsonObject | undefined;
  /** Parameters of the step that it does not get. */
  readonly without?: readonly string[] | undefined;
  readonly providerOptions?: JsonObject | undefined;
}

/** A pipeline as a document; who runs it, and with what runtime, is no part of it. */
export interface WorkflowPipeline {
  readonly name: string;
  readonly chain: boolean;
  readonly accepts: readonly Modality[];
  readonly metadata: JsonObject;
  /** JSON Schema of its input. */
  readonly input?: JsonObject | undefined;
  /** Names of guards. */
  readonly guards?: readonly string[] | undefined;
  /** The step whose output it yields, where it names one. */
  readonly yields?: string | undefined;
  readonly steps: readonly WorkflowStep[];
}

/** What the id of a workflow is the hash of. */
export interface WorkflowDocument extends WorkflowPipeline {
  readonly format: typeof WORKFLOW_FORMAT;
  /** For people. */
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/**
 * A version of a pipeline as plain JSON. Its `id` is the SHA-256 of the canonical JSON of all the rest, so equal workflows
 * have equal ids in every process. Functions, guards and providers are in it by name only: two functions of one name are
 * one to it, whatever they do.
 */
export interface Workflow extends WorkflowDocument {
  readonly id: string;
}
