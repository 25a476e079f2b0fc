import type { Asset } from "../manifest/model.js";
import type { StepWarning } from "../provider/provider.js";
import type { RecordedOutput } from "../run/transitions.js";
import type { Mask } from "./mask.js";

/** What a step gave without private texts. Only what its provider worded is looked at, never names and numbers of ours. */
export function maskOutput(output: RecordedOutput, mask: Mask): RecordedOutput {
  return {
    assets: output.assets.map((asset) => maskAsset(asset, mask)),
    modelVersion: output.modelVersion === undefined ? undefined : mask.text(output.modelVersion),
    payload: mask.json(output.payload),
    cost: output.cost,
    warnings: maskWarnings(output.warnings, mask),
  };
}

/** The same for warnings. */
export function maskWarnings(warnings: readonly StepWarning[], mask: Mask): readonly StepWarning[] {
  return warnings.map(({ option, message }) => ({ option, message: mask.text(message) }));
}

function maskAsset(asset: Asset, mask: Mask): Asset {
  const { url, metadata, video, audio, tracks } = asset;
  const worded = { video: maskTexts(video, mask), audio: maskTexts(audio, mask) };
  return {
    ...asset,
    ...worded,
    url: mask.text(url),
    metadata: mask.json(metadata),
    tracks: tracks === null ? null : tracks.map((track) => maskTexts(track, mask)),
  };
}

/** The texts of an object; its names are ours. */
function maskTexts<Facts extends object | null>(facts: Facts, mask: Mask): Facts {
  if (facts === null) return facts;
  const masked = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === "number" ? value : mask.json(value),
  ]);
  // Every value keeps its type.
  return Object.fromEntries(masked) as Facts;
}
