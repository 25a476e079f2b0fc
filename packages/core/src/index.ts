export type { BreakerOptions } from "./breaker/breaker-options.js";
export type { BudgetOptions } from "./budget/budget-options.js";
export type {
  BudgetChange,
  BudgetOverrun,
  BudgetScope,
  BudgetStand,
  BudgetState,
  BudgetThreshold,
  BudgetUnknown,
} from "./budget/budget-types.js";
export { ERROR_CODES, type ErrorCode, type ErrorCodeFacts, type ProviderErrorKind } from "./errors/error-codes.js";
export { errorFromUnknown } from "./errors/error-from-unknown.js";
export { GenblazeError, type GenblazeErrorOptions } from "./errors/genblaze-error.js";
export type { Journal, JournalEntry } from "./journal/journal.js";
export { memoryJournal } from "./journal/memory-journal.js";
export { canonicalizeJson, hashJson } from "./json/canonicalize-json.js";
export { float, JsonFloat } from "./json/json-float.js";
export type { JsonObject, JsonValue } from "./json/json-value.js";
export type { LimitOptions } from "./limits/limit-options.js";
export type { LimitsByTarget } from "./limits/limits.js";
export { Manifest, type ManifestOptions } from "./manifest/manifest.js";
export type { ManifestReport } from "./manifest/manifest-report.js";
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
} from "./manifest/model.js";
export type { ByteSource, MediaHandler, Piece } from "./media/media-handler.js";
export type { MediaWriter, SavedMedia } from "./media/media-writer.js";
export { type Approval, type ApproveOptions, approve } from "./node/approve.js";
export type { Arm } from "./node/arms.js";
export type { CompositeNode } from "./node/composite-node.js";
export { type FanOutOptions, fanOut } from "./node/fan-out.js";
export { type LoopJudge, type LoopOptions, type LoopRound, type LoopVerdict, loop } from "./node/loop.js";
export { type MapOptions, map } from "./node/map.js";
export { type RouteChoice, type RouteRequest, route } from "./node/route.js";
export { type SplitOptions, split } from "./node/split.js";
export type { PipelineOptions } from "./pipeline/check-pipeline.js";
export type {
  InputBinding,
  InputData,
  JoinPolicy,
  NodeStep,
  NodeStepData,
  PipelineData,
  PipelineDefinition,
  ProviderStep,
  ProviderStepData,
  StepData,
  StepDefinition,
} from "./pipeline/definition.js";
export {
  bytesAsset,
  type EarlierStep,
  type ExternalAsset,
  type ExternalAssetOptions,
  fileAsset,
  outputAsset,
  storedAsset,
  type UrlAssetOptions,
  urlAsset,
} from "./pipeline/external-asset.js";
export type { Fallback, FallbackData, FallbackReason, HedgeOption } from "./pipeline/fallback.js";
export { type AnyPipeline, Pipeline } from "./pipeline/pipeline.js";
export { pipelineWith } from "./pipeline/pipeline-with.js";
export { type Plan, type PlannedStep, plan } from "./pipeline/plan.js";
export type { InputEdge } from "./pipeline/plan-inputs.js";
export { from, type Reference } from "./pipeline/reference.js";
export type {
  InputScope,
  OpenScope,
  PipelineBody,
  PlainText,
  SchemaLike,
  StepName,
  StepOutput,
} from "./pipeline/scope.js";
export type { CacheMode, NodeOptions, StepOptions, StepVisibility } from "./pipeline/step-options.js";
export type { Opening } from "./privacy/opening.js";
export type { Clock } from "./provider/clock.js";
export { type Logger, silentLogger } from "./provider/logger.js";
export type { InputAsset, Provider, StepType, StepWarning } from "./provider/provider.js";
export type { RetryOption, RetryPolicy } from "./retry/retry-policy.js";
export type { RunEventListener } from "./run/event-listeners.js";
export type { JobWebhooks, PollInstead } from "./run/job-webhooks.js";
export { type KeepWarmOptions, keepWarm } from "./run/keep-warm.js";
export type { Polling, PollingOptions } from "./run/polling.js";
export type { AnswerWaiting, WaitingStep } from "./run/run-context.js";
export type { EventOutput, RunEvent, RunEventType } from "./run/run-events.js";
export type { RunOptions, StreamArguments } from "./run/run-options.js";
export type { PrivacyOptions } from "./run/run-privacy.js";
export type { ResumeOptions, RunResult, SaveOptions, StepPart, StepResult } from "./run/run-result.js";
export type { StepState } from "./run/run-state.js";
export { createRuntime, type Runtime, type RuntimeOptions } from "./run/runtime.js";
export type { RunHandle } from "./run/start-run.js";
export type { OverflowRule, StreamOptions } from "./run/stream-options.js";
export type { Transition } from "./run/transitions.js";
export type { SigningKey } from "./signature/keys.js";
export type { Sink } from "./storage/sink.js";
export type { Storage } from "./storage/storage.js";
