// Overhead of the runner: a thousand steps of a provider that answers at once, manifest included.
import { Pipeline } from "@genblaze/core";
import { median, times } from "./median.mjs";

const steps = 1_000;
const asset = { mediaType: "image/png", url: "https://mock.test/output.png", sha256: "0".repeat(64) };
const provider = {
  name: "mock",
  yields: "image",
  accepts: ["image"],
  models: {},
  prepare: (request) => ({ body: request }),
  submit: async () => ({ status: "done", output: { assets: [asset] } }),
};

function pipelineOf(isSequential) {
  return Pipeline.from({
    name: "bench",
    steps: Array.from({ length: steps }, (_, index) => ({
      provider,
      name: `step-${index}`,
      model: "mock-1",
      prompt: "a paper boat",
      ...(isSequential && index > 0 ? { inputs: [`step-${index - 1}`] } : {}),
    })),
  });
}

const rows = [];
for (const order of ["sequential", "concurrent"]) {
  const pipeline = pipelineOf(order === "sequential");
  const measured = median(await times(() => pipeline.run()));
  rows.push({ what: `run, 1,000 steps, ${order}`, measured: (measured * 1_000) / steps, unit: "us/step", goal: 20 });
}
console.log(JSON.stringify(rows));
