import { ERROR_CODES } from "../errors/error-codes.js";
import { createTimeText } from "../internal/time-text.js";
import type { JsonObject } from "../json/json-value.js";
import {
  type Run,
  type RunStatus,
  type Step,
  type StepStatus,
  WIRE_STEP_TYPES,
  type WireStepType,
} from "../manifest/model.js";
import type { StepDefinition } from "../pipeline/definition.js";
import type { InputEdge } from "../pipeline/plan-inputs.js";
import { isReference } from "../pipeline/reference.js";
import type { StepType } from "../provider/provider.js";
import { skippedText } from "./events-of.js";
import { type RunState, type StepProgress, type StepState, warningsOf } from "./run-state.js";

/** What the record of a run says beyond its steps. */
export interface RunFacts {
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly endedAt: number;
  /** What the manifest says of the run's input. */
  readonly inputMetadata: JsonObject;
  readonly parentRunIds: readonly string[];
}

/** The run as the manifest records it. */
export function toRun(state: RunState, facts: RunFacts): Run {
  const { status, startedAt, endedAt, inputMetadata, parentRunIds } = facts;
  const { definition } = state.plan;
  const timeText = createTimeText();
  return {
    runId: state.runId,
    tenantId: definition.tenantId ?? null,
    projectId: definition.projectId ?? null,
    name: definition.name,
    status,
    steps: state.steps.map((progress) => toStep(state, progress, timeText)),
    parentRunId: parentRunIds[0] ?? null,
    idempotencyKey: null,
    createdAt: timeText(startedAt),
    startedAt: timeText(startedAt),
    completedAt: timeText(endedAt),
    metadata: {
      ...definition.metadata,
      ...inputMetadata,
      // `parent_run_id` holds one id and is not hashed.
      ...(parentRunIds.length === 0 ? {} : { parent_run_ids: [...parentRunIds] }),
    },
  };
}

function toStep(state: RunState, progress: StepProgress, timeText: (epochMs: number) => string): Step {
  const { planned, request, output, error } = progress;
  const { step } = planned;
  return {
    stepId: progress.stepId,
    runId: state.runId,
    provider: step.provider.name,
    model: step.model,
    stepType: isWireType(step.type) ? step.type : "custom",
    modelVersion: output?.modelVersion ?? null,
    modelHash: null,
    modality: step.provider.yields,
    prompt: request?.prompt ?? shownPrompt(step),
    promptVisibility: step.promptVisibility,
    negativePrompt: request?.negativePrompt ?? null,
    seed: request?.seed ?? null,
    params: request?.params ?? {},
    status: wireStatus[progress.state],
    inputs: request?.inputs ?? [],
    assets: output?.assets ?? [],
    providerPayload: payloadOf(progress),
    retries: 0,
    costUsd: null,
    error: progress.state === "skipped" ? skippedText(progress.skippedBecause ?? "") : (error?.message ?? null),
    errorCode: error === undefined ? null : ERROR_CODES[error.code].kind,
    startedAt: progress.startedAt === undefined ? null : timeText(progress.startedAt),
    completedAt: progress.endedAt === undefined ? null : timeText(progress.endedAt),
    stepIndex: planned.index,
    metadata: metadataOf(progress),
  };
}

/** Hashed facts: what must not be forged, and nothing that differs between two equal runs. */
function metadataOf({ planned, state, request }: StepProgress): JsonObject {
  const { step, inputs } = planned;
  const references = referencesOf(step.prompt, step.params);
  return {
    ...step.metadata,
    name: step.key,
    ...(isWireType(step.type) ? {} : { operation: step.type }),
    // The Python library's replay reads the indexes of the steps that fed this one under this name.
    ...(inputs.length === 0 ? {} : { _input_from: [...new Set(inputs.map((edge) => edge.from))] }),
    ...rolesOf(inputs),
    ...(Object.keys(references).length === 0 ? {} : { references }),
    ...(state === "skipped" ? { state } : {}),
    ...(request?.private === undefined ? {} : { private: request.private }),
  };
}

/** Which input plays which part, where the step named parts; with `_input_from` alone a replay could not tell. */
function rolesOf(inputs: readonly InputEdge[]): JsonObject {
  const roles = inputs.flatMap(({ from, role }) => (role === undefined ? [] : [{ from, role }]));
  return roles.length === 0 ? {} : { input_roles: roles };
}

/** The prompt of a step that was not run. */
function shownPrompt({ prompt, promptVisibility }: StepDefinition): string | null {
  return typeof prompt === "string" && promptVisibility === "public" ? prompt : null;
}

/** Facts that are not hashed: times, time limits, job ids, warnings, our own error code. */
function payloadOf(progress: StepProgress): JsonObject {
  const { output, error, readyAt, startedAt, endedAt } = progress;
  const { timeoutMs } = progress.planned.step;
  const warnings = warningsOf(progress);
  return {
    ...output?.payload,
    ...(error === undefined ? {} : { error_code: error.code }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map((warning) => ({ ...warning })) }),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
    ...(readyAt === undefined || startedAt === undefined || endedAt === undefined
      ? {}
      : { timings: { queued_ms: startedAt - readyAt, run_ms: endedAt - startedAt } }),
  };
}

function referencesOf(prompt: unknown, params: Readonly<Record<string, unknown>>): JsonObject {
  const references: Record<string, string> = {};
  if (isReference(prompt)) references.prompt = prompt.source;
  for (const [name, value] of Object.entries(params)) {
    if (isReference(value)) references[`params.${name}`] = value.source;
  }
  return references;
}

const wireStatus: Readonly<Record<StepState, StepStatus>> = {
  waiting: "cancelled",
  ready: "cancelled",
  running: "cancelled",
  succeeded: "succeeded",
  failed: "failed",
  skipped: "cancelled",
  cancelled: "cancelled",
};

const wireTypes: ReadonlySet<StepType> = new Set(WIRE_STEP_TYPES);

function isWireType(type: StepType): type is WireStepType {
  return wireTypes.has(type);
}
