import type { JsonObject } from "../json/json-value.js";
import { type StepProgress, warningsOf } from "./run-state.js";
import type { StepCall } from "./step-calls.js";
import { costOfCall, costOfStep } from "./step-cost.js";

/** Facts that are not hashed: times, time limits, job ids, warnings, our own error code, what was rejected. */
export function payloadOf(progress: StepProgress): JsonObject {
  const { output, error, readyAt, startedAt, endedAt, rejected } = progress;
  const { timeoutMs } = progress.planned.step;
  const warnings = warningsOf(progress);
  return {
    ...output?.payload,
    ...(error === undefined ? {} : { error_code: error.code }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map((warning) => ({ ...warning })) }),
    ...(rejected.length === 0 ? {} : { rejected: rejected.map(toRejected) }),
    ...(progress.retries.length === 0 ? {} : { retries: progress.retries.map(toRetry) }),
    ...(progress.planned.step.kind === "provider" && progress.planned.step.fallbacks.length > 0
      ? { attempts: progress.calls.map((call) => toAttempt(progress, call)) }
      : {}),
    ...billOf(progress),
    ...(progress.cache === undefined ? {} : { cache: progress.cache }),
    ...(progress.isCold ? { cold_start: true } : {}),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
    ...(readyAt === undefined || startedAt === undefined || endedAt === undefined
      ? {}
      : { timings: timingsOf(progress, readyAt, startedAt, endedAt) }),
  };
}

function timingsOf(
  { answeredAt, outputAt }: StepProgress,
  readyAt: number,
  startedAt: number,
  endedAt: number,
): JsonObject {
  return {
    queued_ms: startedAt - readyAt,
    run_ms: endedAt - startedAt,
    ...(answeredAt === undefined ? {} : { submit_ms: answeredAt - startedAt }),
    ...(outputAt === undefined
      ? {}
      : { provider_ms: outputAt - (answeredAt ?? startedAt), transfer_ms: endedAt - outputAt }),
  };
}

/** Null for a step that never asked anyone. */
export function recordedCost(progress: StepProgress): number | null {
  return progress.attempts === 0 && progress.cache !== "hit" ? null : costOfStep(progress).usd;
}

/** What was billed, and by which unit; why the price is not known. */
function billOf(progress: StepProgress): JsonObject {
  if (progress.attempts === 0 && progress.cache !== "hit") return {};
  const cost = costOfStep(progress);
  return cost.usd === null ? { cost_unknown: cost.reason } : { billed: { unit: cost.unit, quantity: cost.quantity } };
}

function toRetry({ retry: { phase, attempt, delayMs, error } }: StepProgress["retries"][number]): JsonObject {
  return { phase, attempt, delay_ms: delayMs, error_code: error.code, error: error.message };
}

/** One request to one of several targets. */
function toAttempt({ planned: { step } }: StepProgress, call: StepCall): JsonObject {
  const { target, isHedge, isOutrun, isFree, failure, output } = call;
  const cost = isFree ? 0 : (costOfCall(call)?.usd ?? null);
  return {
    provider: target?.provider ?? step.provider.name,
    model: target?.model ?? step.model,
    outcome: output === undefined ? (isOutrun ? "outrun" : isFree ? "refused" : "failed") : "answered",
    cost_usd: cost,
    ...(isHedge ? { hedge: true } : {}),
    ...(failure === undefined ? {} : { error_code: failure.code, error: failure.message }),
  };
}

function toRejected({ output, rejection: { by, reason, stage } }: StepProgress["rejected"][number]): JsonObject {
  const assets = (output?.assets ?? []).map(({ assetId, sha256, mediaType }) => ({
    asset_id: assetId,
    sha256,
    media_type: mediaType,
  }));
  return { by, stage, reason, assets };
}
