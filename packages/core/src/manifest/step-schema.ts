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
    stepId: { wire: "step_id", type: textType, hashed: "legacy", invented: INVENTED_ID },
    runId: { wire: "run_id", type: textType, hashed: "legacy", nullable: true },
    provider: { wire: "provider", type: textType, hashed: "always", nullable: true },
    model: { wire: "model", type: textType, hashed: "always" },
    stepType: { wire: "step_type", type: stepTypeType, hashed: "always", fallback: "generate" },
    modelVersion: { wire: "model_version", type: textType, hashed: "always", nullable: true },
    modelHash: { wire: "model_hash", type: textType, hashed: "always", nullable: true },
    modality: { wire: "modality", type: modalityType, hashed: "always", fallback: "image" },
    prompt: { wire: "prompt", type: textType, hashed: "always", nullable: true },
    negativePrompt: { wire: "negative_prompt", type: textType, hashed: "always", nullable: true },
    promptVisibility: { wire: "prompt_visibility", type: visibilityType, hashed: "always", fallback: "public" },
    seed: { wire: "seed", type: wholeType, hashed: "always", nullable: true },
    params: { wire: "params", type: freeType, hashed: "always", fallback: {} },
    status: { wire: "status", type: statusType, hashed: "never", fallback: "pending" },
    inputs: { wire: "inputs", type: assetsType, hashed: "always", fallback: [] },
    assets: { wire: "assets", type: assetsType, hashed: "always", fallback: [] },
    providerPayload: { wire: "provider_payload", type: freeType, hashed: "never", fallback: {} },
    retries: { wire: "retries", type: wholeType, hashed: "never", fallback: 0 },
    costUsd: { wire: "cost_usd", type: realType, hashed: "never", nullable: true },
    error: { wire: "error", type: textType, hashed: "never", nullable: true },
    errorCode: { wire: "error_code", type: errorCodeType, hashed: "never", nullable: true },
    startedAt: { wire: "started_at", type: timeType, hashed: "never", nullable: true },
    completedAt: { wire: "completed_at", type: timeType, hashed: "never", nullable: true },
    stepIndex: { wire: "step_index", type: wholeType, hashed: "never", nullable: true },
    metadata: { wire: "metadata", type: freeType, hashed: "always", fallback: {} },
  },
  {
    refusesUnknownKeys: true,
    rule: (step) =>
      step.provider === null && step.stepType !== "ingest" && step.stepType !== "import"
        ? "a provider (only ingest and import steps have none)"
        : undefined,
  },
);
