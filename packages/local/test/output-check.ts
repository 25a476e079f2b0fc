import type { OutputCheck } from "@genblaze/core/guards";
import type { Modality } from "@genblaze/core/provider";
import { createTestContext } from "./test-context.js";

/** A check of files; `undefined` bytes are those of an asset that only has a URL. */
export function outputCheck(
  yields: Modality,
  ...files: readonly (readonly [mediaType: string, bytes: Uint8Array | undefined])[]
): OutputCheck {
  const { onProgress: _, ...context } = createTestContext();
  const assets = files.map(([mediaType, bytes], index) => ({
    asset: {
      assetId: `asset-${index}`,
      url: `https://media.example/${index}`,
      mediaType,
      sha256: null,
      sizeBytes: bytes?.byteLength ?? null,
      width: null,
      height: null,
      duration: null,
      video: null,
      audio: null,
      tracks: null,
      metadata: {},
    },
    read: () => Promise.resolve(bytes),
  }));
  const step = { step: "poster", provider: "local", model: "m", yields, params: {}, isPrivate: false };
  return { ...context, ...step, prompt: undefined, assets, text: undefined, json: undefined };
}
