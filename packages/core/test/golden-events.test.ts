import { describe, expect, it } from "vitest";
import { memoryCache } from "../src/cache/index.js";
import { GenblazeError } from "../src/errors/genblaze-error.js";
import type { Guard } from "../src/guard/guard.js";
import type { JsonObject, JsonValue } from "../src/json/json-value.js";
import type { PipelineData } from "../src/pipeline/definition.js";
import { urlAsset } from "../src/pipeline/external-asset.js";
import { Pipeline } from "../src/pipeline/pipeline.js";
import type { AnyProvider } from "../src/pipeline/step-options.js";
import type { OutputAsset, Provider, Submission } from "../src/provider/provider.js";
import { createRuntime } from "../src/run/runtime.js";
import { toPythonEvent } from "../src/run/to-python-event.js";
import { finish } from "./graph/graph-support.js";
import { readRows } from "./support/golden.js";
import { createFakeClock } from "./support.js";
import { codeOf } from "./thrown.js";

interface ProviderSetup {
  readonly kind: string;
  readonly cost_usd?: number;
  readonly fail?: { readonly code: string | null; readonly error: string };
  readonly poll?: readonly boolean[];
  readonly signals?: { readonly progress_pct: number; readonly preview_url: string; readonly message: string };
}

interface StepSetup {
  readonly provider: ProviderSetup;
  readonly model: string;
  readonly prompt?: string;
  readonly params?: JsonObject;
  readonly input_from?: number | readonly number[];
  readonly external_inputs?: readonly { readonly url: string; readonly media_type: string }[];
}

interface Setup {
  readonly pipeline: {
    readonly name?: string;
    readonly chain?: boolean;
    readonly tenant_id?: string;
    readonly moderation?: { readonly pre?: boolean; readonly post?: boolean };
  };
  readonly steps: readonly StepSetup[];
  readonly cache_dir?: string;
  readonly call: { readonly max_concurrency?: number };
}

interface Scenario {
  readonly id: string;
  readonly setup: Setup;
  readonly events: readonly JsonObject[];
  readonly raises: JsonValue;
  readonly run_status: string | null;
  readonly provider_calls: readonly (number | readonly string[])[];
}

const scenarios = readRows<Scenario>("events.jsonl");

/** Scenarios of things that are done, and tested, elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  "retry-poll": "retries are a policy of their own",
  "retry-poll-exhausted": "retries are a policy of their own",
  "retry-step-resume": "retries are a policy of their own",
  "retry-step-submit": "retries are a policy of their own",
  "no-retry-poll-auth": "retries are a policy of their own",
  "fallback-success": "fallbacks are targets of their own",
  "fallback-exhausted": "fallbacks are targets of their own",
  "fallback-not-for-server-error": "fallbacks are targets of their own",
  "heartbeats-on": "a run has no heartbeats: its readers see every change as it comes",
  "heartbeats-off": "a run has no heartbeats: its readers see every change as it comes",
  "pipeline-timeout": "a time limit of 0 is refused as an option",
  "empty-prediction-id": "an operation is any JSON; what an id must be is its provider's business",
  "reserved-param": "parameters are an object of their own, so no name is taken",
  lineage: "runs that are made from others are tested with lineage",
  "agent-pass-second": "agents are tested by themselves",
  "agent-max-iterations": "agents are tested by themselves",
};

/** Scenarios that are refused before they begin, there by an exception, here by a code. */
const refused: Readonly<Record<string, string>> = {
  "no-steps": "EMPTY_PIPELINE",
  "async-bad-concurrency": "INVALID_OPTION",
};

const done = ["step.started", "progress submitted", "progress succeeded", "step.completed succeeded"];
const failed = ["step.started", "progress submitted", "progress failed", "step.failed failed"];
const skipped = ["step.queued serial", "step.failed cancelled"];

/** What happens to the steps of a scenario here, by their places, where it is something else, and why. */
const differences: Readonly<
  Record<string, { readonly why: string; readonly steps: Readonly<Record<number, string[]>> }>
> = {
  "fail-fast": {
    why: "steps that need nothing of each other run at the same time, and one that fails stops only those that need it",
    steps: { 1: failed, 2: done },
  },
  "fail-continue": { why: "a step that waits for nobody is not queued", steps: { 1: failed, 2: done } },
  "input-from": {
    why: "a step that waits for nobody is not queued",
    steps: { 1: done },
  },
  "chain-fail-continue": { why: "a step is not run without the input that it was to get", steps: { 1: skipped } },
  "input-from-failed": { why: "a step that was skipped never started", steps: { 1: skipped } },
  "progress-poll": {
    why: "a change of state is an event, a poll that brings nothing new is none",
    steps: {
      0: [
        "step.started",
        "progress submitted",
        "progress processing",
        "progress succeeded",
        "step.completed succeeded",
      ],
    },
  },
  "progress-signals": {
    why: "that a job was accepted is an event of its own, before its first report",
    steps: {
      0: [
        "step.started",
        "progress submitted",
        "progress processing",
        "progress processing 0.5 half",
        "progress succeeded",
        "step.completed succeeded",
      ],
    },
  },
  "moderation-pre": {
    why: "a step whose prompt was not let through never started",
    steps: { 0: ["step.failed failed"] },
  },
  "moderation-post": {
    why: "the last progress of a step whose output was refused is that it failed",
    steps: { 0: failed },
  },
  "async-concurrent-fail-fast": {
    why: "a step starts when it has its place, not before; one that fails stops only those that need it",
    steps: { 1: ["step.queued concurrency_limit", ...failed], 2: ["step.queued concurrency_limit", ...done] },
  },
};

/** Runs that end in another way, and why. */
const otherCalls: Readonly<Record<string, { readonly why: string; readonly calls: readonly number[] }>> = {
  "fail-fast": { why: "independent steps run", calls: [1, 1, 1] },
  "chain-fail-continue": { why: "a step is not run without its input", calls: [1, 0] },
};

/** Fields of events there that have none here: ids of vendors are in `provider_payload`. */
const fieldsOnlyThere = new Set(["request_id"]);

const hex = (digit: string) => digit.repeat(64);
const mockAssets: Readonly<Record<string, OutputAsset>> = {
  mock: { url: "https://mock.test/output.bin", mediaType: "application/octet-stream", sha256: hex("0") },
  "mock-video": { url: "https://mock.test/video.mp4", mediaType: "video/mp4", sha256: hex("1") },
  "mock-audio": { url: "https://mock.test/audio.mp3", mediaType: "audio/mpeg", sha256: hex("2") },
  scripted: { url: "https://mock.test/scripted", mediaType: "image/png" },
};
const yields = { mock: "image", "mock-video": "video", "mock-audio": "audio", scripted: "image" } as const;

/** A provider of the golden file, and how often it was asked. */
function providerOf(
  setup: ProviderSetup,
  isCached: boolean,
): { readonly provider: AnyProvider; readonly calls: string[] } {
  const kind = setup.kind as keyof typeof yields;
  const asset = mockAssets[kind];
  if (asset === undefined) throw new Error(`no provider for ${setup.kind}`);
  const calls: string[] = [];
  // Results whose bytes are not at hand are not cached.
  const made = isCached ? { mediaType: asset.mediaType, bytes: new Uint8Array([1, 2, 3]) } : asset;
  const output = { assets: [made], ...(setup.cost_usd === undefined ? {} : { costUsd: setup.cost_usd }) };
  const isOneCall = kind !== "scripted";
  const polls = [...(setup.poll ?? [])];
  const pending = (): Submission => ({ status: "pending", operation: "job-1", retryAfterMs: 1_000 });
  const provider: Provider<"image" | "video" | "audio", "image" | "video" | "audio", unknown> = {
    name: setup.kind,
    yields: yields[kind],
    accepts: ["image", "video", "audio"],
    models: {},
    prepare: (body) => ({ body }),
    async submit() {
      calls.push("submit");
      const { fail } = setup;
      if (fail !== undefined) return { status: "failed", error: new GenblazeError("MODEL_ERROR", fail.error) };
      return isOneCall ? { status: "done", output } : pending();
    },
    async poll(_, context) {
      calls.push("poll");
      if (polls.shift() !== false) return { status: "done", output };
      const { signals } = setup;
      if (signals !== undefined) {
        const { progress_pct: fraction, preview_url: previewUrl, message } = signals;
        context.onProgress({ fraction, previewUrl, message });
      }
      return pending();
    },
  };
  return { provider, calls };
}

function guardOf({ moderation }: Setup["pipeline"]): readonly Guard[] {
  if (moderation === undefined) return [];
  const { pre = true, post = true } = moderation;
  return [
    {
      name: "moderation",
      checkPrompt: () => (pre ? { allowed: true } : { allowed: false, reason: "violence", categories: ["violence"] }),
      checkOutput: () => (post ? { allowed: true } : { allowed: false, reason: "nsfw", categories: ["nsfw", "x"] }),
    },
  ];
}

function build({ pipeline, steps, cache_dir }: Setup) {
  const providers = steps.map((step) => providerOf(step.provider, cache_dir !== undefined));
  const data: PipelineData = {
    name: pipeline.name ?? "unnamed",
    chain: pipeline.chain ?? false,
    guards: guardOf(pipeline),
    ...(pipeline.tenant_id === undefined ? {} : { tenantId: pipeline.tenant_id }),
    steps: steps.map((step, place) => stepData(step, providers[place]?.provider)),
  };
  return { pipeline: Pipeline.from(data), calls: providers.map(({ calls }) => calls) };
}

function stepData(
  { model, prompt, params, input_from, external_inputs }: StepSetup,
  provider: AnyProvider | undefined,
) {
  if (provider === undefined) throw new Error("a step without a provider");
  const { negative_prompt, ...others } = params ?? {};
  const taken = input_from === undefined ? undefined : [input_from].flat().map((place) => `step-${place + 1}`);
  const external = external_inputs?.map(({ url, media_type }) =>
    urlAsset(url, { mediaType: media_type, download: async () => bytesOf("user") }),
  );
  const inputs = taken ?? external;
  return {
    provider,
    model,
    ...(prompt === undefined ? {} : { prompt }),
    ...(inputs === undefined ? {} : { inputs }),
    params: { ...others, ...(negative_prompt === undefined ? {} : { negativePrompt: negative_prompt }) },
  };
}

async function* bytesOf(words: string) {
  yield new TextEncoder().encode(words);
}

async function run(scenario: Scenario) {
  const clock = createFakeClock();
  const { setup } = scenario;
  const cache = setup.cache_dir === undefined ? undefined : memoryCache({ clock });
  const runtime = createRuntime({ clock, ...(cache === undefined ? {} : { cache }) });
  if (scenario.id === "cache-hit") await finish(build(setup).pipeline.start({ runtime }), clock);
  const { pipeline, calls } = build(setup);
  const { max_concurrency: concurrency } = setup.call;
  const handle = pipeline.start({
    runtime,
    throwOnFailure: false,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const { result, events } = await finish(handle, clock);
  const told = events.map(toPythonEvent).filter((event) => event !== undefined);
  return { result, told, calls: calls.map((each) => each.filter((call) => call === "submit").length) };
}

/** What happened to each step, by its place. */
function byStep(events: readonly JsonObject[]): Readonly<Record<number, readonly string[]>> {
  const places = new Map<JsonValue | undefined, number>();
  for (const { step_id, step_index } of events) {
    if (typeof step_index === "number") places.set(step_id, step_index);
  }
  const steps: Record<number, string[]> = {};
  for (const event of events) {
    const place = places.get(event.step_id);
    if (place === undefined) continue;
    const seen = steps[place] ?? [];
    steps[place] = seen;
    seen.push(wordsOf(event));
  }
  return steps;
}

function wordsOf({ type, data, reason, step_status, progress_pct, message }: JsonObject): string {
  const status = typeof data === "object" && data !== null && "status" in data ? data.status : undefined;
  const name = type === "step.progress" ? "progress" : type;
  return [name, status, reason, step_status, progress_pct, message].filter((word) => word !== undefined).join(" ");
}

/** The fields of each kind of event. */
function fieldsOf(events: readonly JsonObject[]): ReadonlyMap<string, string> {
  return new Map(
    events.map((event) => [
      wordsOf(event).replace(/ 0\.5 half/, ""),
      Object.keys(event)
        .filter((name) => !fieldsOnlyThere.has(name))
        .toSorted()
        .join(" "),
    ]),
  );
}

const isRun = ({ id }: Scenario) => elsewhere[id] === undefined && refused[id] === undefined;

describe("the golden events", () => {
  it("are all run, refused, or tested elsewhere, and no list names one that is not there", () => {
    expect(scenarios).toHaveLength(40);
    const ids = new Set(scenarios.map(({ id }) => id));
    const listed = [elsewhere, refused, differences, otherCalls].flatMap((list) => Object.keys(list));
    expect(listed.filter((id) => !ids.has(id))).toEqual([]);
    expect(scenarios.filter(isRun)).toHaveLength(22);
  });

  it.each(scenarios.filter(isRun).map((scenario) => ({ ...scenario, name: scenario.id })))(
    "happen to each step in the same order in $name, but for what the table says",
    async (scenario) => {
      const { result, told, calls } = await run(scenario);
      const expected = { ...byStep(scenario.events), ...differences[scenario.id]?.steps };
      expect(byStep(told)).toEqual(expected);
      expect(result.run.status).toBe(scenario.run_status);
      const calledThere = scenario.provider_calls.map((call) =>
        typeof call === "number" ? call : call.filter((name) => name === "submit").length,
      );
      expect(calls).toEqual(otherCalls[scenario.id]?.calls ?? calledThere);
      expect([told[0]?.type, told.at(-1)?.type]).toEqual([scenario.events[0]?.type, scenario.events.at(-1)?.type]);
    },
  );

  it.each(scenarios.filter(isRun))("have the same fields in $id as its readers expect", async (scenario) => {
    const { told } = await run(scenario);
    const here = fieldsOf(told);
    for (const [words, fields] of fieldsOf(scenario.events)) {
      // A pipeline always has a name here.
      if (scenario.id === "success-unnamed" && words === "pipeline.started") continue;
      if (here.has(words)) expect([words, here.get(words)]).toEqual([words, fields]);
    }
  });

  it.each(scenarios.filter(({ id }) => refused[id] !== undefined))("do not begin in $id", ({ id, setup, raises }) => {
    expect(raises).not.toBe(null);
    const { max_concurrency: concurrency } = setup.call;
    const start = () => build(setup).pipeline.start(concurrency === undefined ? {} : { concurrency });
    expect(codeOf(start)).toBe(refused[id]);
  });
});
