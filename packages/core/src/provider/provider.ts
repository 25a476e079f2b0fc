import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, AudioMetadata, Modality, Track, VideoMetadata, WireStepType } from "../manifest/model.js";
import type { PricingStrategy } from "../pricing/pricing-context.js";
import type { CallContext, ProgressReport } from "./call-context.js";

/** What a step does; those of manifests stand there as they are, the others as `custom` with `metadata.operation`. */
export type StepType = WireStepType | "classify" | "transcribe" | "caption" | "moderate" | "judge" | "compose";

/** An asset that an earlier step made, handed to a step as input. */
export interface InputAsset {
  /** The name the step gave it in `inputs: { role: "step" }`; undefined in the list form. */
  readonly role: string | undefined;
  /** Name of the step that made it; empty for an asset from outside. */
  readonly step: string;
  readonly asset: Asset;
  /** The bytes, from wherever the run keeps them. */
  read(): Promise<Uint8Array>;
}

/** A step with every reference resolved: what a provider turns into its own request. */
export interface StepRequest {
  readonly model: string;
  readonly type: StepType;
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: number | undefined;
  /** Standard and model parameters, without `seed` and `negativePrompt`. */
  readonly params: JsonObject;
  readonly providerOptions: JsonObject;
  readonly inputs: readonly InputAsset[];
  /** JSON Schema that a JSON output must fit, when the step has an `output` schema. */
  readonly outputSchema: JsonObject | undefined;
  /** What was wrong with the last answer, when the step is asked once more; it is at the end of the prompt too. */
  readonly feedback?: string | undefined;
}

/** Something asked for that the provider does in another way, or not at all. */
export interface StepWarning {
  /** The option's name, like `params.aspectRatio`. */
  readonly option: string;
  /** What happens instead. */
  readonly message: string;
}

export interface PreparedRequest<Body = unknown> {
  readonly body: Body;
  readonly warnings?: readonly StepWarning[];
}

/** What is known of an asset besides its bytes; every field optional. */
export interface AssetFacts {
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly video?: Partial<VideoMetadata>;
  readonly audio?: Partial<AudioMetadata>;
  readonly tracks?: readonly Track[];
  readonly metadata?: JsonObject;
}

/** One asset that a provider made: its bytes, or where they can be had. */
export type OutputAsset = AssetFacts & { readonly mediaType: string } & (
    | { readonly bytes: Uint8Array }
    | { readonly url: string; readonly sha256?: string; readonly sizeBytes?: number }
  );

/** What a finished step gives. A text provider gives `text` or `json`, the others `assets`. */
export interface ProviderOutput {
  readonly assets?: readonly OutputAsset[];
  readonly text?: string;
  readonly json?: JsonValue;
  /** Exact version of the model that answered, when the provider says it; hashed into the manifest. */
  readonly modelVersion?: string;
  /** What the provider says it cost, in US dollars; it wins over every price list. */
  readonly costUsd?: number;
  /** Facts for the manifest's unhashed `provider_payload`, like the job id or billed units. */
  readonly payload?: JsonObject;
}

/** State of a job. `operation` is plain JSON: whoever holds it can poll on, in another process too. */
export type Submission =
  | { readonly status: "done"; readonly output: ProviderOutput }
  | {
      readonly status: "pending";
      readonly operation: JsonValue;
      /** How long to wait before the next poll, in milliseconds. @default the runner's rhythm */
      readonly retryAfterMs?: number;
      /** How long the job takes in all, in milliseconds, when the provider says so as it takes the job. @default unknown */
      readonly estimatedMs?: number;
      readonly progress?: ProgressReport;
    }
  | { readonly status: "failed"; readonly error: GenblazeError };

/** What webhooks are verified with: as text in the vendor's own form, like `whsec_...`, or as bytes. */
export type WebhookSecret = string | Uint8Array;

/** A webhook as it came, before anything of it is believed. */
export interface WebhookRequest {
  readonly headers: Headers;
  /** The raw body, byte for byte what was signed: parsed and written again it would be another one. */
  readonly body: string;
}

/** What {@link ProviderWebhook.verify} takes besides the request. */
export interface WebhookVerification {
  /** The secret, or several while one takes the place of another. */
  readonly secret: WebhookSecret | readonly WebhookSecret[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a webhook says: how a job stands. */
export interface WebhookNews {
  /** The job, in the words of {@link ProviderWebhook.operationId}. */
  readonly operationId: string;
  readonly submission: Submission;
}

/**
 * How a provider's vendor reports by webhook what `poll` would be told. Functions of their arguments alone. Vendors that
 * sign as Standard Webhooks say: `standardWebhook` of `@genblaze/core/webhooks` makes one.
 */
export interface ProviderWebhook {
  /** WEBHOOK_REFUSED unless the vendor sent this, just now; its message shows neither the secret nor a signature. */
  verify(request: WebhookRequest, verification: WebhookVerification): Promise<void> | void;
  /**
   * What is the same whenever the vendor sends the same once more, out of what it signed; undefined when it sends no
   * such thing. @default the hash of the body
   */
  deliveryId?(request: WebhookRequest): string | undefined;
  /** Reads a verified body; undefined for what says nothing of a job. INVALID_INPUT or another error for what it cannot be. */
  parse(body: JsonValue): WebhookNews | undefined;
  /** The vendor's id of the job that an operation of `submit` or `poll` is. */
  operationId(operation: JsonValue): string;
}

/** What is known of one model. */
export interface ModelSpec {
  readonly description?: string;
  /** What a call costs, where the package knows it; the user's own prices win. @default unknown */
  readonly price?: PricingStrategy;
}

/**
 * A provider is a small object: it turns a step into its own request, submits it, and says how the job stands.
 * Retry, polling rhythm, limits and timeouts are the runner's. Which optional functions exist is the capability.
 *
 * `Yields` is the modality of its outputs, `Accepts` those of its inputs, `Params` maps known model ids to the
 * type of their parameters (types only).
 */
export interface Provider<
  Yields extends Modality = Modality,
  Accepts extends Modality = Modality,
  Params = Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  Body = unknown,
> {
  readonly name: string;
  /** Whose limits and bill this is. @default the name */
  readonly account?: string;
  readonly yields: Yields;
  readonly accepts: readonly Accepts[];
  /** Other kinds of assets that its outputs may hold beside it, like captions of a film; `plan` refuses to take others. @default [] */
  readonly alsoYields?: readonly Modality[];
  /** Known models; other ids are passed on as they are unless `knownModelsOnly`. */
  readonly models: Readonly<Record<string, ModelSpec>>;
  /** Refuse a model that is not in `models` when the pipeline is planned. @default false */
  readonly knownModelsOnly?: boolean;
  /** Asking again under the same `idempotencyKey` gives the same job and is paid once. @default false */
  readonly honoursIdempotencyKey?: boolean;
  /** Type-level only; never present at run time. */
  readonly "~params"?: Params;
  /** Pure: checks the request and shapes the provider's own. INVALID_INPUT for what cannot be done. */
  prepare(request: StepRequest): PreparedRequest<Body>;
  submit(prepared: PreparedRequest<Body>, context: CallContext): Promise<Submission>;
  poll?(operation: JsonValue, context: CallContext): Promise<Submission>;
  cancel?(operation: JsonValue, context: CallContext): Promise<void>;
  /** The vendor can report by webhook; `submit` hands it `context.webhookUrl`. */
  readonly webhook?: ProviderWebhook;
  /** Looks for the job that was submitted under `context.idempotencyKey`; undefined when there surely is none. */
  reconcile?(prepared: PreparedRequest<Body>, context: CallContext): Promise<Submission | undefined>;
}
