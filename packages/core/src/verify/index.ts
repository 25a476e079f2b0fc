export {
  type Download,
  type DownloadCallOptions,
  type DownloadOptions,
  guardedDownload,
} from "../download/download.js";
export { decodeJsonBytes } from "../json/decode-json-bytes.js";
export { sidecarPathOf } from "../media/sidecar-writer.js";
export {
  type ManifestVerification,
  type OutputCheck,
  type OutputsCheck,
  type VerifyManifestOptions,
  verifyManifest,
} from "./verify-manifest.js";
