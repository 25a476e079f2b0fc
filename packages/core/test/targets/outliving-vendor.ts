import { GenblazeError } from "../../src/index.js";
import type { Modality } from "../../src/manifest/model.js";
import type { Provider, ProviderOutput, StepRequest, Submission } from "../../src/provider/index.js";
import { scriptedAsset } from "../support.js";

/** One job that was paid for. */
export interface PaidJob {
  readonly vendor: string;
  readonly key: string;
  readonly request: StepRequest;
  readonly readyAt: number;
  isCancelled: boolean;
}

/** Whether its jobs can be found again after a process died between asking and writing down. */
export type Finding = "keys" | "lists" | "plain";

export interface OutlivingOptions<M extends Modality> {
  readonly name: string;
  readonly yields: M;
  readonly finding: Finding;
  readonly takesMs: number;
  /** What becomes of a job. */
  readonly end?: (request: StepRequest) => ProviderOutput | GenblazeError;
  /** Thrown by every submit, which then takes nothing. */
  readonly refuses?: GenblazeError;
  readonly cannotCancel?: true;
}

/** A vendor whose jobs stand in a list that outlives processes; their results follow from what was asked for. */
export function outlivingVendor<const M extends Modality>(
  jobs: PaidJob[],
  options: OutlivingOptions<M>,
): Provider<M, never, unknown, StepRequest> {
  const { name, yields, finding, takesMs, end = imageOf(name), refuses } = options;
  const stand = (job: PaidJob, now: number): Submission => {
    const place = jobs.indexOf(job);
    if (job.isCancelled) return { status: "failed", error: new GenblazeError("MODEL_ERROR", "it was called back") };
    if (now < job.readyAt) return { status: "pending", operation: { place }, retryAfterMs: job.readyAt - now };
    const given = end(job.request);
    return GenblazeError.isInstance(given) ? { status: "failed", error: given } : { status: "done", output: given };
  };
  const find = (key: string) => jobs.find((job) => job.vendor === name && job.key === key);
  return {
    name,
    yields,
    accepts: [],
    models: {},
    ...(finding === "keys" ? { honoursIdempotencyKey: true } : {}),
    prepare: (request) => ({ body: request }),
    async submit({ body }, { idempotencyKey: key, clock }) {
      if (refuses !== undefined) throw refuses;
      const known = finding === "keys" ? find(key) : undefined;
      if (known !== undefined) return stand(known, clock.now());
      const job = { vendor: name, key, request: body, readyAt: clock.now() + takesMs, isCancelled: false };
      jobs.push(job);
      return stand(job, clock.now());
    },
    async poll(operation, { clock }) {
      const job = jobs[(operation as { readonly place: number }).place];
      if (job?.vendor !== name)
        throw new GenblazeError("MODEL_ERROR", `${name} has no job ${JSON.stringify(operation)}`);
      return stand(job, clock.now());
    },
    ...(options.cannotCancel
      ? {}
      : {
          async cancel(operation) {
            const job = jobs[(operation as { readonly place: number }).place];
            if (job?.vendor !== name) throw new Error(`${name} was told to end a job of another vendor`);
            job.isCancelled = true;
          },
        }),
    ...(finding === "lists"
      ? {
          async reconcile(_: unknown, { idempotencyKey, clock }) {
            const job = find(idempotencyKey);
            return job && stand(job, clock.now());
          },
        }
      : {}),
  };
}

function imageOf(name: string) {
  return ({ seed, prompt }: StepRequest): ProviderOutput => ({
    assets: [scriptedAsset("image/x-scripted", `${name} ${prompt} ${seed}`)],
  });
}
