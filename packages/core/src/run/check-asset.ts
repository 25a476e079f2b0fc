import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import { assetSchema } from "../manifest/asset-schema.js";
import type { Asset } from "../manifest/model.js";
import { readModel } from "../manifest/model-type.js";
import { readContext } from "../manifest/wire-type.js";
import type { StepWarning } from "../provider/provider.js";

const anyMediaType = "application/octet-stream";

/**
 * An asset that a manifest can hold. What was made is paid for, so facts that a manifest refuses (a width of 0,
 * a metadata value that is no JSON) do not fail the step: they are left out, with a warning.
 */
export function checkAsset(asset: Asset, warn: (warning: StepWarning) => void): Asset {
  const problem = findProblem(asset);
  if (problem === undefined) return asset;
  const bare = {
    ...asset,
    width: null,
    height: null,
    duration: null,
    video: null,
    audio: null,
    tracks: null,
    metadata: {},
  };
  const isTypeFine = findProblem(bare) === undefined;
  warn({ option: "output", message: `The provider's facts about an asset were left out: ${problem}` });
  return isTypeFine ? bare : { ...bare, mediaType: anyMediaType };
}

function findProblem(asset: Asset): string | undefined {
  const place = findNonJson(asset);
  if (place !== undefined) return `"${place}" is not JSON.`;
  try {
    readModel(assetSchema, asset, readContext("model"));
    return undefined;
  } catch (error) {
    if (GenblazeError.isInstance(error)) return error.message;
    throw error;
  }
}
