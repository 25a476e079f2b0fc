export {
  type Download,
  type DownloadCallOptions,
  type DownloadOptions,
  guardedDownload,
} from "../download/download.js";
export {
  type ManifestVerification,
  type OutputCheck,
  type OutputsCheck,
  type VerifyManifestOptions,
  verifyManifest,
} from "./verify-manifest.js";
