import { createHash } from "node:crypto";
import type { Clock } from "@genblaze/core/provider";
import type { JobFate } from "./fault.js";
import { type JobOutput, makeOutput } from "./job-output.js";
import type { JobRequest } from "./job-request.js";
import { type JobState, type LedgerRow, nodeOf } from "./ledger.js";

/** How a vendor deals with a request that comes again. */
export type VendorKind = "idempotent" | "listing" | "plain";

/** A job as the vendor remembers it. */
export interface Job {
  readonly id: string;
  readonly request: JobRequest;
  readonly key: string | undefined;
  readonly fingerprint: string;
  readonly fate: JobFate;
  readonly output: JobOutput;
  readonly createdAt: number;
  /** When it was found to have ended. */
  endedAt: number | undefined;
  /** Whether an earlier job of the same fingerprint could have been had instead. */
  readonly isSecondPayment: boolean;
  state: JobState;
  polls: number;
  submits: number;
  fetched: number;
  /** Whether the buyer was told that it has failed, or has cancelled it: then another one is another purchase. */
  isGivenUp: boolean;
}

export interface BookOptions {
  readonly kind: VendorKind;
  readonly clock: Clock;
  readonly jobPolls: number;
  readonly jobMs: number | undefined;
}

/** `conflict` where an idempotency key comes with another request. */
export type Sale = { readonly status: "sold"; readonly job: Job } | { readonly status: "conflict" };

/** The vendor's jobs, and what was paid for them. */
export interface JobBook {
  sell(request: JobRequest, key: string | undefined, fate: JobFate): Sale;
  /** The job after one more look at it. */
  look(id: string): Job | undefined;
  find(id: string): Job | undefined;
  /** The job, which is cancelled unless it has ended. */
  cancel(id: string): Job | undefined;
  listed(reference: string): readonly Job[];
  file(sha256: string): Job | undefined;
  rows(): readonly LedgerRow[];
}

/** A model whose name begins so answers at once, with its output. */
export const INSTANT = /^instant-/;

/** Opens an empty book. */
export function openJobBook({ kind, clock, jobPolls, jobMs }: BookOptions): JobBook {
  const jobs: Job[] = [];
  const byId = new Map<string, Job>();

  function make(request: JobRequest, key: string | undefined, fate: JobFate): Job {
    const fingerprint = fingerprintOf(request);
    const earlier = jobs.filter((job) => job.fingerprint === fingerprint);
    const isInstant = INSTANT.test(request.model);
    const job: Job = {
      id: `job-${jobs.length + 1}`,
      request,
      key,
      fingerprint,
      fate,
      output: makeOutput(request),
      createdAt: clock.now(),
      endedAt: undefined,
      isSecondPayment: earlier.some(({ isGivenUp }) => !isGivenUp),
      state: fate === "fails-at-once" ? "failed" : isInstant && fate === "succeeds" ? "succeeded" : "queued",
      polls: 0,
      submits: 1,
      fetched: 0,
      isGivenUp: false,
    };
    if (hasEnded(job)) job.endedAt = job.createdAt;
    jobs.push(job);
    byId.set(job.id, job);
    return job;
  }

  const find = (id: string) => byId.get(id);
  return {
    find,
    sell(request, key, fate) {
      const before = kind === "idempotent" && key !== undefined ? jobs.find((job) => job.key === key) : undefined;
      if (before === undefined) return { status: "sold", job: make(request, key, fate) };
      if (before.fingerprint !== fingerprintOf(request)) return { status: "conflict" };
      before.submits += 1;
      return { status: "sold", job: before };
    },
    look(id) {
      const job = find(id);
      if (job === undefined || hasEnded(job)) return job;
      job.polls += 1;
      const isDue = jobMs === undefined ? job.polls >= jobPolls : clock.now() - job.createdAt >= jobMs;
      job.state = isDue ? endOf(job.fate) : "running";
      if (hasEnded(job)) job.endedAt = clock.now();
      return job;
    },
    cancel(id) {
      const job = find(id);
      if (job === undefined || hasEnded(job)) return job;
      job.state = "cancelled";
      job.isGivenUp = true;
      job.endedAt = clock.now();
      return job;
    },
    listed: (reference) => jobs.filter(({ request }) => request.reference === reference),
    file: (sha256) => jobs.find(({ output, state }) => output.sha256 === sha256 && state === "succeeded"),
    rows: () => jobs.map(toRow),
  };
}

/** Whether nothing will change any more. */
export function hasEnded({ state }: Job): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

function endOf(fate: JobFate): JobState {
  if (fate === "never-ends") return "running";
  return fate === "succeeds" ? "succeeded" : "failed";
}

/** Which work of which node: equal for the same request of one node, however often it tries. */
function fingerprintOf({ model, prompt, modality, inputs, seed, reference = "" }: JobRequest): string {
  const work = JSON.stringify([nodeOf(reference), model, prompt, modality, inputs, seed ?? null]);
  return createHash("sha256").update(work).digest("hex");
}

function toRow(job: Job): LedgerRow {
  const { id, request, key, fingerprint, state, submits, fetched, output, isSecondPayment } = job;
  const { model, reference = "" } = request;
  const facts = { id, model, node: nodeOf(reference), reference, key, fingerprint, state, submits, paid: 1, fetched };
  return { ...facts, sha256: output.sha256, isSecondPayment, soldAt: job.createdAt, endedAt: job.endedAt };
}
