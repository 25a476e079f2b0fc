export type { ErrorCode, ProviderErrorKind } from "../errors/error-codes.js";
export { errorFromUnknown } from "../errors/error-from-unknown.js";
export { GenblazeError, type GenblazeErrorOptions } from "../errors/genblaze-error.js";
export type { JsonObject, JsonValue } from "../json/json-value.js";
export type { Asset, AudioMetadata, Modality, Track, VideoMetadata, WordTiming } from "../manifest/model.js";
export { assertKnownOptions } from "../options/assert-known-options.js";
export {
  type ErrorFromResponseOptions,
  errorFromResponse,
  type ResponseFacts,
} from "../retry/error-from-response.js";
export { type HeadersLike, parseRetryAfter } from "../retry/parse-retry-after.js";
export type { CallContext, ProgressReport } from "./call-context.js";
export type { Clock } from "./clock.js";
export { type Logger, silentLogger } from "./logger.js";
export type {
  AssetFacts,
  InputAsset,
  ModelSpec,
  OutputAsset,
  PreparedRequest,
  Provider,
  ProviderOutput,
  ProviderWebhook,
  StepRequest,
  StepType,
  StepWarning,
  Submission,
  WebhookNews,
  WebhookRequest,
  WebhookSecret,
  WebhookVerification,
} from "./provider.js";
