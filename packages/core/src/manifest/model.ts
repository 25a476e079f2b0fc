import type { ProviderErrorKind } from "../errors/error-codes.js";
import type { JsonObject } from "../json/json-value.js";

export type Modality = "image" | "video" | "audio" | "text";
export type RunStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
export type StepStatus = "pending" | "submitted" | "processing" | "succeeded" | "failed" | "cancelled";
/** The step types that a manifest may hold. */
export const WIRE_STEP_TYPES = [
  "generate",
  "upscale",
  "transcode",
  "mix",
  "edit",
  "custom",
  "ingest",
  "import",
] as const;
export type WireStepType = (typeof WIRE_STEP_TYPES)[number];
export type PromptVisibility = "public" | "private" | "redacted" | "encrypted";
/** A whole number; a `bigint` only where a `number` could not hold it exactly. */
export type WholeNumber = number | bigint;

export interface VideoMetadata {
  readonly frameRate: number | null;
  readonly codec: string | null;
  readonly bitrate: WholeNumber | null;
  readonly colorSpace: string | null;
  readonly hasAudio: boolean | null;
  readonly resolution: string | null;
}

export interface WordTiming {
  readonly word: string;
  /** Seconds from the beginning of the asset. */
  readonly start: number;
  /** Seconds from the beginning of the asset; not before `start`. */
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number | null;
}

export interface AudioMetadata {
  readonly sampleRate: WholeNumber | null;
  readonly channels: WholeNumber | null;
  readonly codec: string | null;
  readonly bitrate: WholeNumber | null;
  readonly wordTimings: readonly WordTiming[] | null;
}

export interface Track {
  readonly kind: string;
  readonly codec: string | null;
  readonly label: string | null;
}

/** One file that a step took in or gave out. */
export interface Asset {
  readonly assetId: string;
  readonly url: string;
  readonly mediaType: string;
  /** Lower-case hex; `null` when the bytes were never seen. */
  readonly sha256: string | null;
  readonly sizeBytes: WholeNumber | null;
  readonly width: WholeNumber | null;
  readonly height: WholeNumber | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly video: VideoMetadata | null;
  readonly audio: AudioMetadata | null;
  readonly tracks: readonly Track[] | null;
  readonly metadata: JsonObject;
}

/** One step of a run, as the manifest records it. */
export interface Step {
  readonly stepId: string;
  readonly runId: string | null;
  /** `null` only for `ingest` and `import`. */
  readonly provider: string | null;
  readonly model: string;
  readonly stepType: WireStepType;
  readonly modelVersion: string | null;
  readonly modelHash: string | null;
  readonly modality: Modality;
  readonly prompt: string | null;
  readonly negativePrompt: string | null;
  readonly promptVisibility: PromptVisibility;
  readonly seed: WholeNumber | null;
  readonly params: JsonObject;
  readonly status: StepStatus;
  readonly inputs: readonly Asset[];
  readonly assets: readonly Asset[];
  readonly providerPayload: JsonObject;
  readonly retries: WholeNumber;
  readonly costUsd: number | null;
  readonly error: string | null;
  readonly errorCode: ProviderErrorKind | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly stepIndex: WholeNumber | null;
  readonly metadata: JsonObject;
}

/** One run of a pipeline, as the manifest records it. Times are ISO 8601 texts with microseconds at most. */
export interface Run {
  readonly runId: string;
  readonly tenantId: string | null;
  readonly projectId: string | null;
  readonly name: string | null;
  readonly status: RunStatus;
  readonly steps: readonly Step[];
  readonly parentRunId: string | null;
  readonly idempotencyKey: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly metadata: JsonObject;
}
