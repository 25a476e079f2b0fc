import type { Journal, JournalEntry } from "../../src/index.js";
import { memoryJournal } from "../../src/index.js";
import type { Modality } from "../../src/manifest/model.js";
import type { Provider, StepRequest, Submission } from "../../src/provider/provider.js";
import { memoryStorage } from "../../src/storage/index.js";
import { plainOutput } from "../graph/graph-support.js";

/** A journal with a spool that outlives its runs, as one in a folder does, and that a process can die in front of. */
export function lastingJournal() {
  const memory = memoryJournal();
  const spools = new Map<string, ReturnType<typeof memoryStorage>>();
  let left = Number.POSITIVE_INFINITY;
  const journal: Journal = {
    ...memory,
    async claim(runId) {
      const claim = await memory.claim(runId);
      const spool = spools.get(runId) ?? memoryStorage();
      spools.set(runId, spool);
      return { ...claim, spool };
    },
    append(entry) {
      left -= 1;
      if (left < 0) return Promise.reject(new Error("the process is gone"));
      return memory.append(entry);
    },
  };
  return {
    journal,
    /** Nothing is written after so many entries. */
    dieAfter(entries: number) {
      left = entries;
    },
    revive() {
      left = Number.POSITIVE_INFINITY;
    },
    async entries(runId: string): Promise<readonly JournalEntry[]> {
      const entries: JournalEntry[] = [];
      for await (const entry of memory.read(runId)) entries.push(entry);
      return entries;
    },
  };
}

export interface Vendor {
  readonly jobs: { readonly key: string; readonly request: StepRequest }[];
  readonly calls: string[];
}

export function vendor(): Vendor {
  return { jobs: [], calls: [] };
}

/** A provider of a vendor that outlives processes: its jobs are pending once, then done. */
export function vendorProvider<const M extends Modality, const A extends Modality = never>(
  { jobs, calls }: Vendor,
  yields: M,
  options: {
    readonly accepts?: readonly A[];
    readonly kind?: "keys" | "lists" | "plain";
    readonly onSubmit?: (call: number) => void;
  } = {},
): Provider<M, A, unknown, StepRequest> {
  const { accepts = [], kind = "plain", onSubmit } = options;
  const pending = (job: number): Submission => ({ status: "pending", operation: job, retryAfterMs: 1 });
  return {
    name: `vendor-${yields}`,
    yields,
    accepts,
    models: {},
    ...(kind === "keys" ? { honoursIdempotencyKey: true } : {}),
    prepare: (request) => ({ body: request }),
    async submit({ body }, { idempotencyKey }) {
      calls.push(`submit ${body.prompt}`);
      const known = kind === "keys" ? jobs.findIndex(({ key }) => key === idempotencyKey) : -1;
      const job = known >= 0 ? known : jobs.push({ key: idempotencyKey, request: body }) - 1;
      onSubmit?.(calls.length);
      return pending(job);
    },
    async poll(operation) {
      const job = jobs[Number(operation)];
      if (job === undefined) return { status: "pending", operation: -1 };
      calls.push(`poll ${job.request.prompt}`);
      return { status: "done", output: plainOutput(yields, `vendor-${yields}`, job.request) };
    },
    ...(kind === "lists"
      ? {
          async reconcile(_: unknown, { idempotencyKey }: { readonly idempotencyKey: string }) {
            const job = jobs.findIndex(({ key }) => key === idempotencyKey);
            calls.push(`look for ${idempotencyKey.split("/").length > 1 ? "a key" : "nothing"}`);
            return job < 0 ? undefined : pending(job);
          },
        }
      : {}),
  };
}
