import { compareCodePoints } from "../json/compare-code-points.js";
import { readJson } from "../json/read-json.js";
import { assetSchema } from "./asset-schema.js";
import { PAYLOAD_MODE, type SchemaVersion } from "./manifest-schema.js";
import type { WholeNumber } from "./model.js";
import type { AssetInput } from "./model-input.js";

import { readModel, writeModel } from "./model-type.js";
import { readContext } from "./wire-type.js";

/** The asset's hash or "", its size or -1, and the canonical text of what a manifest hashes of it. */
export type AssetProvenanceKey = readonly [sha256: string, sizeBytes: WholeNumber, content: string];

/**
 * What an asset is sorted by where its order must not depend on ids and urls.
 *
 * @param asset an asset, or its JSON text as a manifest holds it
 * @throws GenblazeError `INVALID_JSON`, `MANIFEST_INVALID`
 */
export function assetProvenanceKey(asset: AssetInput | string, schemaVersion: SchemaVersion): AssetProvenanceKey {
  const model =
    typeof asset === "string"
      ? readModel(assetSchema, readJson(asset), readContext("wire", true))
      : readModel(assetSchema, asset, readContext("model"));
  const mode = PAYLOAD_MODE[schemaVersion] === "bound" ? "bound" : "content";
  return [model.sha256 ?? "", model.sizeBytes ?? -1, writeModel(assetSchema, model, 0, mode)];
}

/** Orders provenance keys as the Python library sorts its tuples. */
export function compareAssetProvenanceKeys(left: AssetProvenanceKey, right: AssetProvenanceKey): number {
  return (
    compareCodePoints(left[0], right[0]) ||
    (left[1] < right[1] ? -1 : left[1] > right[1] ? 1 : compareCodePoints(left[2], right[2]))
  );
}
