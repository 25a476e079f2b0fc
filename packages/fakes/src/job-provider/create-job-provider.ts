import {
  assertKnownOptions,
  type CallContext,
  GenblazeError,
  type InputAsset,
  type JsonValue,
  type Modality,
  type Provider,
  type StepRequest,
  type StepWarning,
  type Submission,
} from "@genblaze/core/provider";
import type { VendorKind } from "../job-vendor/job-book.js";
import { askVendor, type VendorAccess } from "./ask-vendor.js";
import { readJobList, readSubmission } from "./read-submission.js";

/** What {@link createJobProvider} takes. */
export interface JobProviderOptions<M extends Modality, A extends Modality> {
  /** Where the vendor is, like `http://127.0.0.1:4711`. */
  readonly baseUrl: string;
  readonly name: string;
  /** What the vendor is: `idempotent` honours keys, `listing` can be asked for a lost job, `plain` neither. */
  readonly kind: VendorKind;
  readonly yields: M;
  /** @default nothing */
  readonly accepts?: readonly A[];
  /** @default "job-key" */
  readonly apiKey?: string;
  /** Whether jobs can be called back. @default true */
  readonly hasCancel?: boolean;
}

/** The request of a job; the bytes of inputs without a hash are read when it is sent. */
export interface JobBody {
  readonly model: string;
  readonly prompt: string;
  readonly modality: Modality;
  readonly inputs: readonly InputAsset[];
  readonly seed: number | undefined;
}

const KNOWN = ["baseUrl", "name", "kind", "yields", "accepts", "apiKey", "hasCancel"];

/**
 * A provider that buys from a job vendor as `startJobVendor` starts one, the way a good adapter does: one POST for one
 * submit, the idempotency key sent along, every failure under its code, and no capability that its kind does not have.
 *
 * Errors: INVALID_OPTION; of its calls RATE_LIMITED, AUTH_FAILED, INVALID_INPUT, MODEL_ERROR, SERVER_ERROR, and what
 * `fetch` throws where no answer came.
 */
export function createJobProvider<const M extends Modality, const A extends Modality = never>(
  options: JobProviderOptions<M, A>,
): Provider<M, A, unknown, JobBody> {
  assertKnownOptions(options, KNOWN, "createJobProvider(options)");
  const { baseUrl, name, kind, yields, accepts = [], apiKey = "job-key", hasCancel = true } = options;
  const access: VendorAccess = { baseUrl, name, apiKey };
  return {
    name,
    yields,
    accepts,
    models: {},
    ...(kind === "idempotent" ? { honoursIdempotencyKey: true } : {}),
    prepare: (request) => ({ body: toBody(name, yields, accepts, request), warnings: warningsOf(request) }),
    async submit({ body }, context) {
      context.signal.throwIfAborted();
      const { idempotencyKey } = context;
      // Headers hold ASCII only, and a run id may hold anything.
      const headers = { "idempotency-key": encodeURIComponent(idempotencyKey) };
      const sent = { ...body, inputs: await sendable(body.inputs), reference: idempotencyKey };
      return readSubmission(
        name,
        await askVendor(access, context, { method: "POST", path: "/v1/jobs", headers, body: sent }),
      );
    },
    async poll(operation, context) {
      const path = `/v1/jobs/${jobOf(name, operation)}`;
      return readSubmission(name, await askVendor(access, context, { method: "GET", path }));
    },
    ...(hasCancel
      ? { cancel: (operation: JsonValue, context: CallContext) => cancel(access, operation, context) }
      : {}),
    ...(kind === "listing" ? { reconcile: (_: unknown, context: CallContext) => findJob(access, context) } : {}),
  };
}

async function cancel(access: VendorAccess, operation: JsonValue, context: CallContext): Promise<void> {
  await askVendor(access, context, { method: "DELETE", path: `/v1/jobs/${jobOf(access.name, operation)}` });
}

/** The job that was bought under the key of this call, to be followed from where it is. */
async function findJob(access: VendorAccess, context: CallContext): Promise<Submission | undefined> {
  const path = `/v1/jobs?key=${encodeURIComponent(context.idempotencyKey)}`;
  const [first] = readJobList(access.name, await askVendor(access, context, { method: "GET", path }));
  return first === undefined ? undefined : { status: "pending", operation: { job: first }, retryAfterMs: 0 };
}

function toBody(name: string, yields: Modality, accepts: readonly Modality[], request: StepRequest): JobBody {
  const { model, prompt, inputs, seed } = request;
  if (prompt === undefined) {
    throw new GenblazeError(
      "INVALID_INPUT",
      `${name}/${model}: a prompt is expected; none was given. Add one to the step.`,
    );
  }
  const stranger = inputs.find(({ asset }) => !accepts.some((known) => asset.mediaType.startsWith(`${known}/`)));
  if (stranger !== undefined) {
    const taken = accepts.length === 0 ? "no inputs" : accepts.join(", ");
    const message = `${name}/${model}: ${taken} can be taken; ${stranger.asset.mediaType} was given. Leave it out of the step's inputs.`;
    throw new GenblazeError("INVALID_INPUT", message);
  }
  return { model, prompt, modality: yields, inputs, seed };
}

function warningsOf({ params, providerOptions, negativePrompt }: StepRequest): readonly StepWarning[] {
  const names = [
    ...Object.keys(params).map((param) => `params.${param}`),
    ...(negativePrompt === undefined ? [] : ["params.negativePrompt"]),
    ...Object.keys(providerOptions).map((option) => `providerOptions.${option}`),
  ];
  return names.map((option) => ({ option, message: "The job vendor has no such option; it was left out." }));
}

function sendable(inputs: readonly InputAsset[]): Promise<readonly object[]> {
  return Promise.all(
    inputs.map(async ({ asset: { sha256 }, read }) =>
      sha256 === null ? { bytes: Buffer.from(await read()).toString("base64") } : { sha256 },
    ),
  );
}

/** An operation may come out of a journal that somebody edited. */
function jobOf(name: string, operation: JsonValue): string {
  const job: unknown = typeof operation === "object" && operation !== null ? Reflect.get(operation, "job") : undefined;
  if (typeof job === "string" && /^[\w-]{1,100}$/.test(job)) return job;
  throw new GenblazeError(
    "INVALID_INPUT",
    `${name}: an operation like { "job": "job-1" } is expected; another one was given.`,
  );
}
