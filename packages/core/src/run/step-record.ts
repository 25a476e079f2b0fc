import { ERROR_CODES } from "../errors/error-codes.js";
import { createTimeText } from "../internal/time-text.js";
import type { JsonObject } from "../json/json-value.js";
import { type Run, type Step, type StepStatus, WIRE_STEP_TYPES, type WireStepType } from "../manifest/model.js";
import type { StepDefinition } from "../pipeline/definition.js";
import type { PlannedStep } from "../pipeline/plan.js";
import { isReference, type Reference } from "../pipeline/reference.js";
import type { StepType } from "../provider/provider.js";
import { skippedText } from "./events-of.js";
import type { RecordedInput, RunEndStatus } from "./journal.js";
import {
  inRecordOrder,
  type RunState,
  type ScopeState,
  type StepProgress,
  type StepState,
  warningsOf,
} from "./run-state.js";

/** What the record of a run says beyond its steps. */
export interface RunFacts {
  readonly status: RunEndStatus;
  readonly startedAt: number;
  readonly endedAt: number;
  /** What the manifest says of the run's input. */
  readonly inputMetadata: JsonObject;
  readonly parentRunIds: readonly string[];
}

/** The run as the manifest records it: its steps by definition, those inside a node after it, by item. */
export function toRun(state: RunState, facts: RunFacts): Run {
  const { status, startedAt, endedAt, inputMetadata, parentRunIds } = facts;
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
    provider: step.provider.name,
    model: step.model,
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
    costUsd: null,
    error: errorText(progress),
    errorCode: error === undefined ? null : ERROR_CODES[error.code].kind,
    startedAt: progress.startedAt === undefined ? null : timeText(progress.startedAt),
    completedAt: progress.endedAt === undefined ? null : timeText(progress.endedAt),
    stepIndex: place,
    metadata: metadataOf(progress, inputs, places),
  };
}

function errorText({ state, skippedBecause, error }: StepProgress): string | null {
  if (state === "skipped" && skippedBecause !== undefined) return skippedText(skippedBecause);
  return error?.message ?? null;
}

/** Hashed facts: what must not be forged, and nothing that differs between two equal runs. */
function metadataOf(
  progress: StepProgress,
  inputs: readonly RecordedInput[],
  places: ReadonlyMap<string, number>,
): JsonObject {
  const { planned, state, request } = progress;
  const { step } = planned;
  const references = referencesOf(step.prompt, step.params);
  const operation = operationOf(step);
  return {
    ...step.metadata,
    name: step.key,
    ...(operation === undefined ? {} : { operation }),
    ...originsOf(progress, inputs, places),
    ...(Object.keys(references).length === 0 ? {} : { references }),
    ...(state === "skipped" || state === "waiting" ? { state } : {}),
    ...(progress.skippedBecause?.kind === "choice" ? { reason: progress.skippedBecause.reason } : {}),
    ...nodeFacts(progress),
    ...moderationOf(progress),
    ...(request?.private === undefined ? {} : { private: request.private }),
  };
}

/** What a step does, where the wire has no word for it; nodes do what their kind says. */
function operationOf(step: StepDefinition): string | undefined {
  if (step.kind === "node") return step.node.kind;
  return isWireType(step.type) ? undefined : step.type;
}

/** What a node decided and found. */
function nodeFacts({ planned, decisions, yields, answer }: StepProgress): JsonObject {
  if (planned.step.kind !== "node") return {};
  const made = Object.fromEntries([...decisions].map(([name, { value, reason }]) => [name, { value, reason }]));
  return {
    ...(decisions.size === 0 ? {} : { decisions: made }),
    ...(answer === undefined ? {} : { answer }),
    ...(yields === undefined || Object.keys(yields.evidence).length === 0 ? {} : { evidence: yields.evidence }),
  };
}

/** Why a guard ended the step, under the names of the Python library. */
function moderationOf({ state, rejected }: StepProgress): JsonObject {
  const last = rejected.at(-1)?.rejection;
  if (state !== "failed" || last === undefined || last.by === "schema") return {};
  const { stage, reason, categories = [] } = last;
  const flagged = { stage: stage === "prompt" ? "pre" : "post", reason, flagged_categories: [...categories] };
  return { moderation: { ...flagged, guard: last.by } };
}

/** Which steps made what this one took, and which part each of it plays. */
function originsOf(
  { planned, scope, state }: StepProgress,
  inputs: readonly RecordedInput[],
  places: ReadonlyMap<string, number>,
): JsonObject {
  const origins =
    inputs.length > 0 || state === "succeeded"
      ? inputs.map(({ step, role }) => ({ step, role }))
      : plannedOrigins(planned, scope);
  const known = origins.flatMap(({ step, role }) => {
    const from = places.get(step ?? "");
    return from === undefined ? [] : [{ from, role }];
  });
  const roles = known.flatMap(({ from, role }) => (role === undefined ? [] : [{ from, role }]));
  const unique = new Map(roles.map((role) => [`${role.from} ${role.role}`, role]));
  return {
    // The Python library's replay reads the indexes of the steps that fed this one under this name.
    ...(known.length === 0 ? {} : { _input_from: [...new Set(known.map(({ from }) => from))] }),
    // With these alone a replay could not tell which input plays which part.
    ...(unique.size === 0 ? {} : { input_roles: [...unique.values()] }),
  };
}

/** Of a step that was not run: what it would have taken. */
function plannedOrigins({ inputs }: PlannedStep, { steps }: ScopeState) {
  return inputs.flatMap((edge) =>
    edge.kind === "step" ? [{ step: steps[edge.from]?.planned.step.key, role: edge.role }] : [],
  );
}

/** The prompt of a step that was not run. */
function shownPrompt({ kind, prompt, promptVisibility }: StepDefinition): string | null {
  return kind === "provider" && typeof prompt === "string" && promptVisibility === "public" ? prompt : null;
}

/** Facts that are not hashed: times, time limits, job ids, warnings, our own error code, what was rejected. */
function payloadOf(progress: StepProgress): JsonObject {
  const { output, error, readyAt, startedAt, endedAt, rejected } = progress;
  const { timeoutMs } = progress.planned.step;
  const warnings = warningsOf(progress);
  return {
    ...output?.payload,
    ...(error === undefined ? {} : { error_code: error.code }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map((warning) => ({ ...warning })) }),
    ...(rejected.length === 0 ? {} : { rejected: rejected.map(toRejected) }),
    ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }),
    ...(readyAt === undefined || startedAt === undefined || endedAt === undefined
      ? {}
      : { timings: { queued_ms: startedAt - readyAt, run_ms: endedAt - startedAt } }),
  };
}

function toRejected({ output, rejection: { by, reason, stage } }: StepProgress["rejected"][number]): JsonObject {
  const assets = (output?.assets ?? []).map(({ assetId, sha256, mediaType }) => ({ assetId, sha256, mediaType }));
  return { by, stage, reason, assets };
}

function referencesOf(prompt: unknown, params: Readonly<Record<string, unknown>>): JsonObject {
  const references: Record<string, string | readonly string[]> = {};
  if (isReference(prompt)) references.prompt = namesOf(prompt);
  for (const [name, value] of Object.entries(params)) {
    if (isReference(value)) references[`params.${name}`] = namesOf(value);
  }
  return references;
}

function namesOf({ sources }: Reference): string | readonly string[] {
  const [only = ""] = sources;
  return sources.length === 1 ? only : sources;
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

const wireTypes: ReadonlySet<StepType> = new Set(WIRE_STEP_TYPES);

function isWireType(type: StepType): type is WireStepType {
  return wireTypes.has(type);
}
