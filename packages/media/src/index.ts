export { type EmbedManifestOptions, type EmbedManifestResult, embedManifest } from "./embed-manifest.js";
export { type ExtractManifestOptions, extractManifest } from "./extract-manifest.js";
export type { BytesCheck, MatchedAsset } from "./file-checks.js";
export { embedManifestBytes, type ManifestBytesOptions, stripManifestBytes } from "./manifest-bytes.js";
export { mediaHandlers } from "./media-handlers.js";
export type { MediaSource } from "./media-source.js";
export { mediaWriter } from "./media-writer.js";
export { type StripManifestOptions, type StripManifestResult, stripManifest } from "./strip-manifest.js";
export { type FileVerification, type VerifyFileOptions, verifyFile } from "./verify-file.js";
