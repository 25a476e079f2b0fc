import { GenblazeError } from "../errors/genblaze-error.js";
import { stripAssetUrlCredentials } from "../manifest/asset-url.js";
import type { EventOutput } from "./run-events.js";
import type { StepProgress } from "./run-state.js";
import { assetsOf } from "./step-assets.js";

/** What a step gave, as events show it: no bytes, and no URL that lets anybody in. */
export function outputsOf(step: StepProgress): readonly EventOutput[] {
  return assetsOf(step).map(({ assetId, mediaType, url, sha256, sizeBytes }) => ({
    assetId,
    mediaType,
    url: shownUrl(url),
    sha256,
    sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
  }));
}

function shownUrl(url: string): string | null {
  // The bytes themselves are no address.
  if (/^data:/i.test(url)) return null;
  try {
    return stripAssetUrlCredentials(url);
  } catch (error) {
    // An address that cannot be taken apart cannot be cleaned either.
    if (GenblazeError.isInstance(error)) return null;
    throw error;
  }
}
