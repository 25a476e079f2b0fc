// One round of `load.mjs`: the process whose memory and delays are measured. Arguments: scene, address of the vendor.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createRuntime, Pipeline } from "@genblaze/core";

const [scene, baseUrl] = process.argv.slice(2);
const jobMs = 5_000;
const pollAfterMs = 1_000;

/** The same kind of jobs without a network, to see what is ours of the memory. It counts how many are under way. */
const counts = { underWay: 0, most: 0 };
const inMemory = {
  name: "jobs",
  yields: "image",
  accepts: [],
  models: {},
  prepare: (request) => ({ body: request }),
  async submit() {
    counts.underWay += 1;
    counts.most = Math.max(counts.most, counts.underWay);
    return { status: "pending", operation: { readyAt: Date.now() + jobMs }, retryAfterMs: pollAfterMs };
  },
  async poll(operation) {
    if (Date.now() < operation.readyAt) return { status: "pending", operation, retryAfterMs: pollAfterMs };
    counts.underWay -= 1;
    return { status: "done", output: { assets: [{ mediaType: "image/png", bytes: new Uint8Array(1_024) }] } };
  },
};

/** A provider whose jobs are the vendor's; loaded when it is wanted, since memory is measured. */
async function openOverHttp() {
  const { createJobProvider } = await import("../../packages/fakes/dist/index.js");
  return createJobProvider({ baseUrl, name: "jobs", kind: "idempotent", yields: "image" });
}

/** A pipeline with so many jobs that need not wait for each other. */
function pipelineOf(runtime, provider, size) {
  const steps = Array.from({ length: size }, (_, index) => ({ provider, model: "painter", prompt: `boat ${index}` }));
  return Pipeline.from({ name: "load", steps }, { runtime });
}

function begin(runtime, provider, runId, size) {
  return pipelineOf(runtime, provider, size).run({ runId });
}

/** As many runs of one job as there are slots. */
function beginThousand(provider) {
  const runtime = createRuntime({ limits: { jobs: { concurrency: 1_000 } } });
  const pipeline = pipelineOf(runtime, provider, 1);
  return Promise.all(Array.from({ length: 1_000 }, (_, index) => pipeline.run({ runId: `run-${index}` })));
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One job as `flight` has them, by nothing but `fetch`. */
async function buy(index) {
  const headers = { authorization: "Bearer key" };
  const body = JSON.stringify({
    model: "painter",
    prompt: "boat 0",
    modality: "image",
    inputs: [],
    reference: `run-${index}/step`,
  });
  const type = { "content-type": "application/json" };
  const sold = await fetch(`${baseUrl}/v1/jobs`, { method: "POST", headers: { ...headers, ...type }, body });
  const { id } = await sold.json();
  let status = "queued";
  while (status !== "succeeded") {
    await pause(pollAfterMs);
    const looked = await fetch(`${baseUrl}/v1/jobs/${id}`, { headers });
    status = (await looked.json()).status;
  }
}

const scenes = {
  memory: () => beginThousand(inMemory),
  /** The same over HTTP. */
  flight: async () => beginThousand(await openOverHttp()),
  /** The same without us: what `fetch` alone takes. */
  async bare() {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => buy(index)));
  },
  /** What is free is taken by who comes first: so one run takes it all before the twenty come that are to share. */
  async fair() {
    const provider = await openOverHttp();
    const runtime = createRuntime({ limits: { jobs: { concurrency: 50 } } });
    const first = begin(runtime, provider, "first", 50);
    while (runtime.limits.state().jobs.active < 50) await new Promise((resolve) => setImmediate(resolve));
    const others = Array.from({ length: 20 }, (_, index) => begin(runtime, provider, `run-${index}`, 20 + 10 * index));
    await Promise.all([first, ...others]);
  },
};

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
const start = performance.now();
await scenes[scene]();
delays.disable();
const elapsedMs = performance.now() - start;
// maxRSS is in KiB, percentiles in nanoseconds.
const rssMb = (process.resourceUsage().maxRSS * 1_024) / 1e6;
const p99Ms = delays.percentile(99) / 1e6;
console.log(JSON.stringify({ elapsedMs, rssMb, p99Ms, maxMs: delays.max / 1e6, mostInMemory: counts.most }));
