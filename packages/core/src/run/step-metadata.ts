import type { JsonObject } from "../json/json-value.js";
import { isWireType } from "../manifest/is-wire-type.js";
import type { StepDefinition } from "../pipeline/definition.js";
import type { PlannedStep } from "../pipeline/plan.js";
import { isReference, type Reference } from "../pipeline/reference.js";
import type { ScopeState, StepProgress } from "./run-state.js";
import type { RecordedInput } from "./transitions.js";

/** Hashed facts: what must not be forged, and nothing that differs between two equal runs. */
export function metadataOf(
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
    ...(progress.parent === undefined ? {} : { part_of: places.get(progress.parent.planned.step.key) ?? null }),
    ...originsOf(progress, inputs, places),
    ...(Object.keys(references).length === 0 ? {} : { references }),
    ...(state === "skipped" || state === "waiting" ? { state } : {}),
    ...(progress.skippedBecause?.kind === "choice" ? { reason: progress.skippedBecause.reason } : {}),
    ...nodeFacts(progress),
    ...fallbackFacts(progress),
    ...moderationOf(progress),
    ...(request?.private === undefined ? {} : { private: request.private }),
  };
}

/** What a step does, where the wire has no word for it; nodes do what their kind says. */
export function operationOf(step: StepDefinition): string | undefined {
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

/** Who else could have been asked, and who was, under the names of the Python library. */
function fallbackFacts({ planned: { step }, target }: StepProgress): JsonObject {
  if (step.kind === "node" || step.fallbacks.length === 0) return {};
  // Its replay asks them of the step's own provider.
  const models = step.fallbacks.filter(({ provider }) => provider === step.provider).map(({ model }) => model);
  const taken = target && {
    fallback_from: step.model,
    fallback_model: target.model,
    // Facts of our own: there a fallback is always of the same provider.
    ...(target.provider === step.provider.name ? {} : { fallback_from_provider: step.provider.name }),
  };
  return { ...(models.length === 0 ? {} : { _fallback_models: models }), ...taken };
}

/** Why a guard ended the step, under the names of the Python library. */
function moderationOf({ error, rejected }: StepProgress): JsonObject {
  const last = rejected.at(-1)?.rejection;
  // A step whose output was rejected may have failed of something else when it was asked again.
  if (error?.code !== "GUARD_REJECTED" || last === undefined) return {};
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
