import { ERROR_CODES, type ErrorCode, type ProviderErrorKind } from "../errors/error-codes.js";
import { createTimeText } from "../internal/time-text.js";
import type { JsonObject } from "../json/json-value.js";
import { isWireType } from "../manifest/is-wire-type.js";
import type { Run, Step, StepStatus } from "../manifest/model.js";
import type { StepDefinition } from "../pipeline/definition.js";
import { skippedText } from "./events-of.js";
import { inRecordOrder, type RunState, type StepProgress, type StepState } from "./run-state.js";
import { metadataOf, operationOf } from "./step-metadata.js";
import { payloadOf, recordedCost } from "./step-payload.js";
import type { RunEndStatus } from "./transitions.js";

/** What the record of a run says beyond its steps. */
export interface RunFacts {
  readonly status: RunEndStatus;
  readonly startedAt: number;
  readonly endedAt: number;
  /** What the manifest says of the run's input. */
  readonly inputMetadata: JsonObject;
  readonly parentRunIds: readonly string[];
  /** Beside those of the pipeline. */
  readonly metadata: JsonObject;
}

/** The run as the manifest records it: its steps by definition, those inside a node after it, by item. */
export function toRun(state: RunState, facts: RunFacts): Run {
  const { status, startedAt, endedAt, inputMetadata, parentRunIds, metadata } = facts;
  const { definition } = state.plan;
  const timeText = createTimeText();
  const steps = inRecordOrder(state.root.steps);
  const places = placesOf(steps);
  return {
    runId: state.runId,
    tenantId: definition.tenantId ?? null,
    projectId: definition.projectId ?? null,
    name: definition.name,
    status: status === "waiting" ? "running" : status,
    steps: steps.map((progress, place) => toStep(state, progress, { place, places, timeText })),
    parentRunId: parentRunIds[0] ?? null,
    idempotencyKey: null,
    createdAt: timeText(startedAt),
    startedAt: timeText(startedAt),
    completedAt: status === "waiting" ? null : timeText(endedAt),
    metadata: {
      ...definition.metadata,
      ...metadata,
      ...inputMetadata,
      // `parent_run_id` holds one id and is not hashed.
      ...(parentRunIds.length === 0 ? {} : { parent_run_ids: [...parentRunIds] }),
    },
  };
}

/** Where each step stands in the manifest, by its full name. */
export function placesOf(steps: readonly StepProgress[]): ReadonlyMap<string, number> {
  return new Map(steps.map(({ planned }, place) => [planned.step.key, place]));
}

interface RecordPlace {
  readonly place: number;
  readonly places: ReadonlyMap<string, number>;
  readonly timeText: (epochMs: number) => string;
}

function toStep(state: RunState, progress: StepProgress, { place, places, timeText }: RecordPlace): Step {
  const { planned, request, output, error } = progress;
  const { step } = planned;
  const inputs = request?.inputs ?? progress.inputs;
  return {
    stepId: progress.stepId,
    runId: state.runId,
    provider: progress.target?.provider ?? step.provider.name,
    model: progress.target?.model ?? step.model,
    stepType: operationOf(step) === undefined && isWireType(step.type) ? step.type : "custom",
    modelVersion: output?.modelVersion ?? null,
    modelHash: null,
    modality: step.provider.yields,
    prompt: request?.prompt ?? shownPrompt(step),
    promptVisibility: step.promptVisibility,
    negativePrompt: request?.negativePrompt ?? null,
    seed: request?.seed ?? null,
    params: request?.params ?? {},
    status: wireStatus[progress.state],
    inputs: inputs.map(({ asset }) => asset),
    assets: output?.assets ?? [],
    providerPayload: payloadOf(progress),
    retries: 0,
    costUsd: recordedCost(progress),
    error: errorText(progress),
    errorCode: error === undefined ? null : kindOf(error.code),
    startedAt: progress.startedAt === undefined ? null : timeText(progress.startedAt),
    completedAt: progress.endedAt === undefined ? null : timeText(progress.endedAt),
    stepIndex: place,
    metadata: metadataOf(progress, inputs, places),
  };
}

/** An error of a newer package may have a code that this version does not know. */
function kindOf(code: ErrorCode): ProviderErrorKind {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code].kind : "unknown";
}

function errorText({ state, skippedBecause, error }: StepProgress): string | null {
  if (state === "skipped" && skippedBecause !== undefined) return skippedText(skippedBecause);
  return error?.message ?? null;
}

/** The prompt of a step that was not run. */
function shownPrompt({ kind, prompt, promptVisibility }: StepDefinition): string | null {
  return kind === "provider" && typeof prompt === "string" && promptVisibility === "public" ? prompt : null;
}

const wireStatus: Readonly<Record<StepState, StepStatus>> = {
  planned: "pending",
  ready: "cancelled",
  waiting: "processing",
  running: "cancelled",
  succeeded: "succeeded",
  failed: "failed",
  skipped: "cancelled",
  cancelled: "cancelled",
};
