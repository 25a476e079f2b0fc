import { describeProviderContract } from "@genblaze/contract";
import type { StepRequest } from "@genblaze/core/provider";
import { createLocal } from "../src/index.js";
import { createRequest, runProvider, toInputs } from "./test-context.js";

const small = { width: 160, height: 90 };
const local = createLocal();
const withParams = (params: StepRequest["params"]) => (good: StepRequest) => ({
  ...good,
  params: { ...good.params, ...params },
});
const withBadLength = withParams({ durationSeconds: "long" });

async function picture() {
  const { assets } = await runProvider(local.image, createRequest("scene-painter", "a boat on the sea", small));
  return toInputs("picture", assets);
}

async function clip(durationSeconds: number) {
  return createRequest("parallax", "drift", { ...small, durationSeconds }, await picture());
}

describeProviderContract({
  name: "local.text",
  create: () => createLocal().text,
  request: () => createRequest("storyboard", "a paper boat crosses a rainy street", {}),
  impossible: [withParams({ scenes: 0 }), withParams({ scenes: "three" })],
  isDeterministic: true,
});

describeProviderContract({
  name: "local.image",
  create: () => createLocal().image,
  request: () => createRequest("scene-painter", "a boat on the sea", small),
  longRequest: () => createRequest("scene-painter", "a boat on the sea", {}),
  impossible: [withParams({ width: 159 }), withParams({ height: 100_000 }), withParams({ layers: "yes" })],
  isDeterministic: true,
});

describeProviderContract({
  name: "local.video",
  create: () => createLocal().video,
  request: () => clip(0.5),
  longRequest: () => clip(30),
  impossible: [withBadLength, withParams({ durationSeconds: 1_000 }), (good) => ({ ...good, inputs: [] })],
  isDeterministic: true,
});

describeProviderContract({
  name: "local.speech",
  create: () => createLocal().speech,
  request: () => createRequest("formant", "A boat.", {}),
  longRequest: () => createRequest("formant", "A boat on the sea. ".repeat(20), {}),
  impossible: [withBadLength, (good) => ({ ...good, prompt: undefined })],
  isDeterministic: true,
});

describeProviderContract({
  name: "local.music",
  create: () => createLocal().music,
  request: () => createRequest("score", "calm", { durationSeconds: 1 }),
  longRequest: () => createRequest("score", "calm", { durationSeconds: 60 }),
  impossible: [withBadLength, withParams({ tempo: 0 })],
  isDeterministic: true,
});

describeProviderContract({
  name: "local.compose",
  create: () => createLocal().compose,
  request: async () => {
    const { assets } = await runProvider(local.video, await clip(0.5));
    return createRequest("film", undefined, {}, toInputs("clip", assets));
  },
  impossible: [withParams({ musicVolume: 9 }), (good) => ({ ...good, inputs: [] })],
  isDeterministic: true,
});
