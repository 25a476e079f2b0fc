// A wide graph: 10,000 steps that do nothing, 100 side by side, each waiting for one of the layer before.
import { Pipeline } from "@genblaze/core";
import { median, times } from "./median.mjs";

const width = 100;
const layers = 100;
const provider = {
  name: "mock",
  yields: "text",
  accepts: ["text"],
  models: {},
  prepare: (request) => ({ body: request }),
  submit: async () => ({ status: "done", output: { text: "x" } }),
};

const pipeline = Pipeline.from({
  name: "bench",
  steps: Array.from({ length: width * layers }, (_, index) => ({
    provider,
    name: `step-${index}`,
    model: "mock-1",
    ...(index < width ? {} : { inputs: [`step-${index - width}`] }),
  })),
});

const measured = median(await times(() => pipeline.run(), { rounds: 5, warmUps: 2 }));
console.log(JSON.stringify([{ what: "run, 10,000 no-op steps, 100 wide", measured, unit: "ms", goal: 1_000 }]));
