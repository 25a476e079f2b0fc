import { assetSchema } from "./asset-schema.js";
import { freeType } from "./free-type.js";
import { INVENTED_ID } from "./invented.js";
import { listType } from "./list-type.js";
import { WIRE_STEP_TYPES } from "./model.js";
import type { StepInput } from "./model-input.js";
import { defineModel } from "./model-schema.js";
import { modelType } from "./model-type.js";
import { realType } from "./real-type.js";
import { choiceType, textType } from "./text-type.js";
import { timeType } from "./time-type.js";
import { wholeType } from "./whole-type.js";

const stepTypeType = choiceType(WIRE_STEP_TYPES);
const modalityType = choiceType(["image", "video", "audio", "text"] as const);
const visibilityType = choiceType(["public", "private", "redacted", "encrypted"] as const);
const statusType = choiceType(["pending", "submitted", "processing", "succeeded", "failed", "cancelled"] as const);
const errorCodeType = choiceType([
  "timeout",
  "rate_limit",
  "auth_failure",
  "invalid_input",
  "model_error",
  "server_error",
  "content_policy",
  "unknown",
] as const);
const assetsType = listType(modelType(assetSchema));

/** The table of a step. */
export const stepSchema = defineModel<StepInput>(
  "step",
  {
    stepId: { type: textType, hashed: "legacy", invented: INVENTED_ID },
    runId: { type: textType, hashed: "legacy", nullable: true },
    provider: { type: textType, hashed: "always", nullable: true },
    model: { type: textType, hashed: "always" },
    stepType: { type: stepTypeType, hashed: "always", fallback: "generate" },
    modelVersion: { type: textType, hashed: "always", nullable: true },
    modelHash: { type: textType, hashed: "always", nullable: true },
    modality: { type: modalityType, hashed: "always", fallback: "image" },
    prompt: { type: textType, hashed: "always", nullable: true },
    negativePrompt: { type: textType, hashed: "always", nullable: true },
    promptVisibility: { type: visibilityType, hashed: "always", fallback: "public" },
    seed: { type: wholeType, hashed: "always", nullable: true },
    params: { type: freeType, hashed: "always", fallback: {} },
    status: { type: statusType, hashed: "never", fallback: "pending" },
    inputs: { type: assetsType, hashed: "always", fallback: [] },
    assets: { type: assetsType, hashed: "always", fallback: [] },
    providerPayload: { type: freeType, hashed: "never", fallback: {} },
    retries: { type: wholeType, hashed: "never", fallback: 0 },
    costUsd: { type: realType, hashed: "never", nullable: true },
    error: { type: textType, hashed: "never", nullable: true },
    errorCode: { type: errorCodeType, hashed: "never", nullable: true },
    startedAt: { type: timeType, hashed: "never", nullable: true },
    completedAt: { type: timeType, hashed: "never", nullable: true },
    stepIndex: { type: wholeType, hashed: "never", nullable: true },
    metadata: { type: freeType, hashed: "always", fallback: {} },
  },
  {
    refusesUnknownKeys: true,
    rule: (step) =>
      step.provider === null && step.stepType !== "ingest" && step.stepType !== "import"
        ? "a provider (only ingest and import steps have none)"
        : undefined,
  },
);
