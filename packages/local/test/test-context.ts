import {
  type CallContext,
  type InputAsset,
  type JsonObject,
  type JsonValue,
  type OutputAsset,
  type Provider,
  type StepRequest,
  silentLogger,
} from "@genblaze/core/provider";

/** A call context that a test can cancel. */
export function createTestContext(
  onProgress: (fraction: number) => void = () => {},
  signal = new AbortController().signal,
): CallContext {
  return {
    signal,
    fetch: () => Promise.reject(new Error("The local providers fetch nothing.")),
    clock: { now: () => 0, schedule: () => () => {} },
    logger: silentLogger,
    random: () => 0.5,
    idempotencyKey: "test",
    onProgress: ({ fraction = 0 }) => onProgress(fraction),
  };
}

/** A request with everything optional left open. */
export function createRequest(
  model: string,
  prompt: string | undefined,
  params: JsonObject = {},
  inputs: readonly InputAsset[] = [],
): StepRequest {
  return {
    model,
    type: "generate",
    prompt,
    negativePrompt: undefined,
    seed: 7,
    params,
    providerOptions: {},
    inputs,
    outputSchema: undefined,
  };
}

type AnyProvider = Pick<Provider, "prepare" | "submit">;

/** Prepares, submits and gives what came out. */
export async function runProvider(
  provider: AnyProvider,
  request: StepRequest,
  context = createTestContext(),
): Promise<{ json: JsonValue | undefined; assets: readonly OutputAsset[] }> {
  const submission = await provider.submit(provider.prepare(request), context);
  if (submission.status !== "done") throw new Error(`The step is ${submission.status}.`);
  return { json: submission.output.json, assets: submission.output.assets ?? [] };
}

/** The bytes of an output. */
export function bytesOf(asset: OutputAsset | undefined): Uint8Array {
  if (asset === undefined || !("bytes" in asset)) throw new Error("There is no such asset, or it has no bytes.");
  return asset.bytes;
}

/** Hands outputs on, the way the runner does. */
export function toInputs(step: string, assets: readonly OutputAsset[]): readonly InputAsset[] {
  return assets.map((asset, index) => ({
    role: undefined,
    step,
    asset: {
      assetId: `${step}-${index}`,
      url: `memory:${step}-${index}`,
      mediaType: asset.mediaType,
      sha256: null,
      sizeBytes: null,
      width: asset.width ?? null,
      height: asset.height ?? null,
      duration: asset.durationSeconds ?? null,
      video: null,
      audio:
        asset.audio?.wordTimings === undefined
          ? null
          : { sampleRate: null, channels: null, codec: null, bitrate: null, wordTimings: asset.audio.wordTimings },
      tracks: null,
      metadata: asset.metadata ?? {},
    },
    read: () => Promise.resolve(bytesOf(asset)),
  }));
}
