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
  {
    stepId: { type: textType, hashed: "legacy", invented: INVENTED_ID },
    runId: { type: textType, hashed: "legacy" },
    provider: { type: textType },
    model: { type: textType, required: true },
    stepType: { type: stepTypeType, fallback: "generate" },
    modelVersion: { type: textType },
    modelHash: { type: textType },
    modality: { type: modalityType, fallback: "image" },
    prompt: { type: textType },
    negativePrompt: { type: textType },
    promptVisibility: { type: visibilityType, fallback: "public" },
    seed: { type: wholeType },
    params: { type: freeType, fallback: {} },
    status: { type: statusType, hashed: "never", fallback: "pending" },
    inputs: { type: assetsType, fallback: [] },
    assets: { type: assetsType, fallback: [] },
    providerPayload: { type: freeType, hashed: "never", fallback: {} },
    retries: { type: wholeType, hashed: "never", fallback: 0 },
    costUsd: { type: realType, hashed: "never" },
    error: { type: textType, hashed: "never" },
    errorCode: { type: errorCodeType, hashed: "never" },
    startedAt: { type: timeType, hashed: "never" },
    completedAt: { type: timeType, hashed: "never" },
    stepIndex: { type: wholeType, hashed: "never" },
    metadata: { type: freeType, fallback: {} },
  },
  {
    refusesUnknownKeys: true,
    rule: (step) =>
      step.provider === null && step.stepType !== "ingest" && step.stepType !== "import"
        ? "a provider (only ingest and import steps have none)"
        : undefined,
  },
);
