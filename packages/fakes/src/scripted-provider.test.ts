import { describeProviderContract } from "../../contract/src/provider-contract.js";
import { scriptedAsset, scriptedProvider } from "./scripted-provider.js";

const request = () => ({
  model: "m",
  type: "generate" as const,
  prompt: "x",
  negativePrompt: undefined,
  seed: undefined,
  params: {},
  providerOptions: {},
  inputs: [],
  outputSchema: undefined,
});

describeProviderContract({
  name: "scriptedProvider",
  request,
  longRequest: () => ({ ...request(), model: "hangs" }),
  passesParamsOn: true,
  isDeterministic: true,
  create: () =>
    scriptedProvider({
      yields: "image",
      script: ({ model }, call) => {
        if (model === "hangs") return { kind: "hangs" };
        if (call === 0) return { kind: "pending", fraction: 0.5, retryAfterMs: 1 };
        return { kind: "done", output: { assets: [scriptedAsset("image/png", "x")] } };
      },
    }),
});
