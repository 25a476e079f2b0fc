import { errorFromUnknown } from "../../src/errors/error-from-unknown.js";
import type { Modality } from "../../src/manifest/model.js";
import type { Provider, ProviderOutput, StepRequest, Submission } from "../../src/provider/provider.js";
import type { RunFacts } from "../../src/report/run-facts.js";
import type { RunEvent } from "../../src/run/run-events.js";
import type { RunResult } from "../../src/run/run-result.js";
import type { RunHandle } from "../../src/run/start-run.js";
import { collect } from "../run-support.js";
import { type createFakeClock, scriptedAsset } from "../support.js";

type FakeClock = ReturnType<typeof createFakeClock>;

export interface WorkerOptions<M extends Modality, A extends Modality> {
  readonly name: string;
  readonly yields: M;
  readonly accepts?: readonly A[];
  /** How long a job takes on the run's clock. @default 0: it answers at once */
  readonly takesMs?: number | ((request: StepRequest) => number);
  /** What a job gives; what it throws is its failure, or that of the network where it takes time. @default its name, its model and its prompt */
  readonly give?: (request: StepRequest, call: number) => ProviderOutput;
}

/** A provider whose jobs take time, however many are under way; it remembers what it was asked. */
export function worker<const M extends Modality, const A extends Modality = never>(
  options: WorkerOptions<M, A>,
): Provider<M, A, unknown, StepRequest> & { readonly asked: StepRequest[]; readonly cancelled: number[] } {
  const { name, yields, accepts = [], takesMs = 0 } = options;
  const give = options.give ?? ((request: StepRequest) => plainOutput(yields, name, request));
  const asked: StepRequest[] = [];
  const cancelled: number[] = [];
  const outputOf = (call: number): ProviderOutput => {
    const request = asked[call];
    if (request === undefined) throw new Error(`job ${call} was never submitted`);
    return give(request, call);
  };
  const answer = (call: number): Submission => {
    try {
      return { status: "done", output: outputOf(call) };
    } catch (thrown) {
      return { status: "failed", error: errorFromUnknown(thrown, `Job ${call}`) };
    }
  };
  return {
    name,
    yields,
    accepts,
    models: {},
    asked,
    cancelled,
    prepare: (request) => ({ body: request }),
    async submit({ body }, { signal }) {
      signal.throwIfAborted();
      const call = asked.push(body) - 1;
      const retryAfterMs = typeof takesMs === "number" ? takesMs : takesMs(body);
      if (retryAfterMs === 0) return answer(call);
      return { status: "pending", operation: call, retryAfterMs };
    },
    poll: async (operation) => ({ status: "done", output: outputOf(Number(operation)) }),
    async cancel(operation) {
      cancelled.push(Number(operation));
    },
  };
}

/** What a worker gives that was told nothing else: words that follow from the request alone. */
export function plainOutput(yields: Modality, name: string, { model, prompt = "" }: StepRequest): ProviderOutput {
  const words = `${yields} of ${name}/${model}: ${prompt}`;
  return yields === "text" ? { text: words } : { assets: [scriptedAsset(`${yields}/x-scripted`, words)] };
}

/** Lets time pass until the run has ended; its result and all its events. */
export async function finish<S>(
  handle: RunHandle<S>,
  clock: FakeClock,
): Promise<{ readonly result: RunResult<S>; readonly events: readonly RunEvent[] }> {
  const events = collect(handle.events);
  while (await clock.advanceToNext());
  return { result: await handle.result, events: await events };
}

/** When each step began and ended by its events, in milliseconds since the run began. */
export function spansOf(events: readonly RunEvent[]): Readonly<Record<string, readonly [number, number]>> {
  const [first] = events;
  const origin = Date.parse(first?.timestamp ?? "");
  const startedAt = new Map<string, number>();
  const spans: Record<string, readonly [number, number]> = {};
  for (const event of events) {
    const at = Date.parse(event.timestamp) - origin;
    if (event.type === "step.started") startedAt.set(event.step, at);
    if (event.type === "step.completed" || event.type === "step.failed") {
      spans[event.step] = [startedAt.get(event.step) ?? at, at];
    }
  }
  return spans;
}

/** `type step`, for each event of a step. */
export function shortEvents(events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => ("step" in event ? `${event.type} ${event.step}` : event.type));
}

/** The states of all steps of a run by their full names, in the order of its manifest. */
export function statesOf({ facts }: { readonly facts: RunFacts }): Readonly<Record<string, string>> {
  return Object.fromEntries(facts.steps.map(({ key, state }) => [key, state]));
}
