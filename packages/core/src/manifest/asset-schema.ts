import { audioSchema, trackSchema, videoSchema } from "./asset-metadata-schema.js";
import { stripAssetUrlCredentials } from "./asset-url.js";
import { isAboveZero, isDuration, isMediaType, isSize } from "./checks.js";
import { freeType } from "./free-type.js";
import { INVENTED_ID } from "./invented.js";
import { isSha256 } from "./is-sha256.js";
import { listType } from "./list-type.js";
import type { AssetInput } from "./model-input.js";
import { type BoundField, defineModel } from "./model-schema.js";
import { modelType } from "./model-type.js";
import { realType } from "./real-type.js";
import { textType } from "./text-type.js";
import { wholeType } from "./whole-type.js";

// Schema 1.6 binds the url, without its credentials, of an asset that has no hash to be known by.
const boundFields: readonly BoundField[] = [
  { name: "url", wire: "asset_integrity", type: { ...textType, write: () => '"url_only_unverified"' } },
  {
    name: "url",
    wire: "unverified_asset_url",
    type: { ...textType, write: (url: string, ...rest) => textType.write(stripAssetUrlCredentials(url), ...rest) },
  },
];

/** The table of an asset. */
export const assetSchema = defineModel<AssetInput>(
  {
    assetId: { type: textType, hashed: "legacy", invented: INVENTED_ID },
    url: { type: textType, hashed: "legacy", required: true },
    mediaType: { type: textType, check: isMediaType, required: true },
    sha256: { type: textType },
    sizeBytes: { type: wholeType, check: isSize },
    width: { type: wholeType, check: isAboveZero },
    height: { type: wholeType, check: isAboveZero },
    duration: { type: realType, check: isDuration },
    video: { type: modelType(videoSchema) },
    audio: { type: modelType(audioSchema) },
    tracks: { type: listType(modelType(trackSchema)) },
    metadata: { type: freeType, fallback: {} },
  },
  { bound: { when: (asset) => !isSha256(asset.sha256), fields: boundFields } },
);
