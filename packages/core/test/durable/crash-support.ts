import { isDeepStrictEqual } from "node:util";
import type { Journal, JournalEntry } from "../../src/index.js";
import type { Modality } from "../../src/manifest/model.js";
import type { CallContext } from "../../src/provider/call-context.js";
import type { Provider, ProviderOutput, StepRequest, Submission } from "../../src/provider/provider.js";
import { memoryStorage } from "../../src/storage/index.js";
import { plainOutput } from "../graph/graph-support.js";

export type Kept = Pick<JournalEntry, "sequence" | "at" | "transition">;

/** What is on a disk that outlives processes: entries as JSON, and the spool. */
export function disk() {
  const lines = new Map<string, string[]>();
  const spools = new Map<string, ReturnType<typeof memoryStorage>>();
  const entriesOf = (runId: string): JournalEntry[] =>
    (lines.get(runId) ?? []).map((line) => JSON.parse(line) as JournalEntry);
  return {
    entriesOf,
    lines,
    spools,
    statesOf: (runId: string) =>
      entriesOf(runId).map(({ transition }) =>
        "step" in transition ? `${transition.state} ${transition.step}` : transition.state,
      ),
    /**
     * The journal as one process has it. After `crashAfter` entries the process is gone: nothing is written, and nobody
     * is answered.
     */
    process({
      crashAfter = Number.POSITIVE_INFINITY,
      hasSpool = true,
    }: {
      readonly crashAfter?: number;
      readonly hasSpool?: boolean;
    } = {}) {
      let left = crashAfter;
      let told: () => void = () => undefined;
      const crashed = new Promise<"crashed">((resolve) => {
        told = () => resolve("crashed");
      });
      const journal: Journal = {
        async claim(runId) {
          const spool = spools.get(runId) ?? memoryStorage();
          spools.set(runId, spool);
          return { token: 1, spool: hasSpool ? spool : undefined, async release() {} };
        },
        append(entry) {
          left -= 1;
          if (left < 0) {
            told();
            return new Promise(() => undefined);
          }
          const own = lines.get(entry.runId) ?? [];
          lines.set(entry.runId, own);
          own.push(JSON.stringify(entry));
          return Promise.resolve();
        },
        async *read(runId) {
          yield* entriesOf(runId).toSorted((left, right) => left.sequence - right.sequence);
        },
        async *list() {},
        async remove() {},
      };
      return { journal, crashed };
    },
  };
}

export interface Job {
  readonly key: string;
  readonly request: StepRequest;
}

export type Kind = "keys" | "lists" | "plain";

/** A provider whose jobs outlive processes; it answers a repeated key with the job of that key. */
export function outlivingProvider<const M extends Modality, const A extends Modality = never>(
  jobs: Job[],
  yields: M,
  options: {
    readonly kind?: Kind;
    readonly accepts?: readonly A[];
    readonly name?: string;
    readonly operationOf?: (
      job: number,
      request: StepRequest,
    ) => Exclude<Submission, { status: "done" | "failed" }>["operation"];
    readonly give?: (request: StepRequest) => ProviderOutput;
    readonly isAtOnce?: boolean;
    readonly onSubmit?: (body: StepRequest, context: CallContext) => void;
    readonly onPoll?: (job: number) => void;
  } = {},
): Provider<M, A, unknown, StepRequest> {
  const { kind = "plain", accepts = [], name = `vendor-${yields}`, isAtOnce = false } = options;
  const operationOf = options.operationOf ?? ((job: number) => ({ job }));
  const give = options.give ?? ((request: StepRequest) => plainOutput(yields, name, request));
  const answer = (job: number): Submission => {
    const found = jobs[job];
    if (found === undefined) throw new Error("no such job");
    if (isAtOnce) return { status: "done", output: give(found.request) };
    return { status: "pending", operation: operationOf(job, found.request), retryAfterMs: 1 };
  };
  return {
    name,
    yields,
    accepts,
    models: {},
    ...(kind === "keys" ? { honoursIdempotencyKey: true } : {}),
    prepare: (request) => ({ body: request }),
    async submit({ body }, context) {
      const { idempotencyKey } = context;
      options.onSubmit?.(body, context);
      const known = kind === "keys" ? jobs.findIndex(({ key }) => key === idempotencyKey) : -1;
      return answer(known >= 0 ? known : jobs.push({ key: idempotencyKey, request: body }) - 1);
    },
    async poll(operation) {
      const wanted = JSON.stringify(operation);
      const job = jobs.findIndex(({ request }, index) =>
        isDeepStrictEqual(JSON.parse(JSON.stringify(operationOf(index, request))), JSON.parse(wanted)),
      );
      const found = jobs[job];
      if (found === undefined) throw new Error(`no job ${wanted}`);
      options.onPoll?.(job);
      return { status: "done", output: give(found.request) };
    },
    ...(kind === "lists"
      ? {
          async reconcile(_: unknown, { idempotencyKey }: { readonly idempotencyKey: string }) {
            const job = jobs.findIndex(({ key }) => key === idempotencyKey);
            return job < 0 ? undefined : answer(job);
          },
        }
      : {}),
  };
}

/** Runs until the process is gone or the run has ended. */
export async function untilCrash<T>(result: Promise<T>, crashed: Promise<"crashed">): Promise<T | "crashed"> {
  const end = await Promise.race([result, crashed]);
  // What the dead process had under way at its provider comes to its end.
  await new Promise((resolve) => setTimeout(resolve, 5));
  return end;
}
