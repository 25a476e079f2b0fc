export { canonicalizeJson, hashJson } from "../json/canonicalize-json.js";
export { float, type JsonFloat } from "../json/json-float.js";
export type { JsonInput, JsonInputObject } from "../json/json-input.js";
export type { JsonObject, JsonValue } from "../json/json-value.js";
export {
  type KeySet,
  type RevokedKey,
  toKeySet,
  type VerificationKey,
} from "../signature/keys.js";
export { type SignatureCheck, type VerifySignatureOptions, verifySignature } from "../signature/verify-signature.js";
export { type AssetProvenanceKey, assetProvenanceKey, compareAssetProvenanceKeys } from "./asset-provenance-key.js";
export { stripAssetUrlCredentials } from "./asset-url.js";
export { type CoverageCheck, checkManifest, type HashCheck, type Verdict } from "./check-manifest.js";
export {
  type AssetFields,
  createAsset,
  createRun,
  createStep,
  type RunFields,
  type StepFields,
  type TrackFields,
} from "./create-model.js";
export { type EmbedPolicy, toEmbedJson } from "./embed-json.js";
export { Manifest, type ManifestOptions } from "./manifest.js";
export type { ManifestReport } from "./manifest-report.js";
export type { SchemaVersion } from "./manifest-schema.js";
export type {
  Asset,
  AudioMetadata,
  Modality,
  PromptVisibility,
  Run,
  RunStatus,
  Step,
  StepStatus,
  Track,
  VideoMetadata,
  WholeNumber,
  WireStepType,
  WordTiming,
} from "./model.js";
export type { AssetInput, RunInput, StepInput } from "./model-input.js";
export { MAX_MANIFEST_BYTES, parseManifest } from "./parse-manifest.js";
