import { createRuntime, type Journal, Pipeline, type RuntimeOptions } from "../../src/index.js";
import type { JsonValue } from "../../src/json/json-value.js";
import type { CallContext } from "../../src/provider/call-context.js";
import type { Provider, ProviderWebhook, StepRequest, Submission } from "../../src/provider/provider.js";
import type { createFakeClock } from "../support.js";

type FakeClock = ReturnType<typeof createFakeClock>;

export const pending = (more: Partial<Extract<Submission, { status: "pending" }>> = {}): Submission => ({
  status: "pending",
  operation: "job-1",
  ...more,
});
export const done: Submission = { status: "done", output: { text: "a boat" } };

/** What a vendor's provider does; `poll` is told which poll it is, from 1. */
export interface JobsOptions {
  readonly submit?: (context: CallContext) => Submission | Promise<Submission>;
  readonly poll?: (poll: number, context: CallContext, operation: JsonValue) => Submission | Promise<Submission>;
  readonly webhook?: ProviderWebhook;
}

/** A provider of texts that remembers when it was asked, in milliseconds since it was made. */
export function jobs(
  clock: FakeClock,
  options: JobsOptions = {},
): Provider<"text", never, unknown, StepRequest> & {
  readonly submits: number[];
  readonly polls: number[];
  readonly urls: (string | undefined)[];
} {
  const began = clock.now();
  const submits: number[] = [];
  const polls: number[] = [];
  const urls: (string | undefined)[] = [];
  const { submit = () => pending(), poll = () => done, webhook } = options;
  return {
    ...{ name: "jobs", yields: "text", accepts: [], models: {}, submits, polls, urls },
    prepare: (body) => ({ body }),
    async submit(_, context) {
      submits.push(clock.now() - began);
      urls.push(context.webhookUrl);
      return submit(context);
    },
    async poll(operation, context) {
      polls.push(clock.now() - began);
      return poll(polls.length, context, operation);
    },
    ...(webhook === undefined ? {} : { webhook }),
  };
}

/** The middle of the jitter. */
export const middle = () => 0.5;
/** Nothing is added to what the provider asked for. */
export const least = () => 0;

/** A run of one step; its handle. */
export function startStep(
  clock: FakeClock,
  provider: Provider<"text", never, unknown, StepRequest>,
  options: {
    readonly runtime?: RuntimeOptions;
    readonly step?: object;
    readonly signal?: AbortSignal;
    readonly journal?: Journal;
    readonly runId?: string;
  } = {},
) {
  const { step, runtime, ...run } = options;
  return new Pipeline("p")
    .step(provider, { name: "a", model: "m", ...step })
    .start({ runtime: createRuntime({ clock, random: middle, ...runtime }), throwOnFailure: false, ...run });
}
