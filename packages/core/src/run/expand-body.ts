import type { StepDefinition } from "../pipeline/definition.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import { identityOf } from "./identity-of.js";
import { lastingStepId } from "./lasting-step-id.js";
import type { GroupState, JournaledStep, RunState, ScopeState, StepProgress } from "./run-state.js";
import type { GroupIdentity, PlannedIdentity } from "./transitions.js";

/** A run that has not begun. */
export function initialState(runId: string, plan: Plan, stepIds: readonly string[]): RunState {
  const byKey = new Map<string, StepProgress>();
  const root = createScope(byKey, plan, "", undefined, stepIds);
  return { runId, plan, root, byKey };
}

/** The steps of one run of a body, in order, with ids of their own. */
export function bodyIdentities(
  parent: StepProgress,
  group: GroupIdentity,
  createId: () => string,
): readonly PlannedIdentity[] {
  const body = parent.planned.bodies.get(group.body);
  const path = pathOf(parent, group);
  if (body === undefined) return [];
  if (body.kind === "target") return [identityOf(body.planned.step, targetKey(parent, group), createId())];
  return body.plan.steps.map(({ step }) => identityOf(step, `${path}${step.key}`, createId()));
}

/** The full names of the steps of one run of a body, in order. */
function bodyKeys(parent: StepProgress, group: GroupIdentity): readonly string[] {
  return bodyIdentities(parent, group, () => "").map(({ step }) => step);
}

/** Adds the steps of one run of a body to the state; once for each. */
export function createGroup(
  state: RunState,
  parent: StepProgress,
  group: GroupIdentity,
  identities: readonly PlannedIdentity[],
): void {
  const body = parent.planned.bodies.get(group.body);
  if (body === undefined || findGroup(parent, group) !== undefined) return;
  // By name: in a pipeline that was changed since, a step may stand at another place.
  const ids = new Map(identities.map(({ step, stepId }) => [step, stepId]));
  const stepIds = bodyKeys(parent, group).map((key) => ids.get(key) ?? lastingStepId(state.runId, key));
  if (body.kind === "pipeline") {
    const scope = createScope(state.byKey, body.plan, pathOf(parent, group), parent, stepIds);
    addGroup(parent, { ...group, steps: scope.steps, scope });
    return;
  }
  const planned = renamed(body.planned, targetKey(parent, group));
  const step = createProgress(planned, stepIds[0] ?? "", state.byKey.size, parent.scope, parent);
  state.byKey.set(planned.step.key, step);
  addGroup(parent, { ...group, steps: [step], scope: undefined });
}

/** One run of a body, when it is known already. */
export function findGroup({ groupsByName }: StepProgress, group: GroupIdentity): GroupState | undefined {
  return groupsByName.get(nameOf(group));
}

function addGroup({ groups, groupsByName }: StepProgress, group: GroupState): void {
  groups.push(group);
  groupsByName.set(nameOf(group), group);
}

function nameOf({ body, item }: GroupIdentity): string {
  return `${body} ${item}`;
}

function createScope(
  byKey: Map<string, StepProgress>,
  plan: Plan,
  path: string,
  parent: StepProgress | undefined,
  stepIds: readonly string[],
): ScopeState {
  const steps: StepProgress[] = [];
  const byName = new Map<string, StepProgress>();
  const scope: ScopeState = { path, plan, steps, byName };
  for (const [index, planned] of plan.steps.entries()) {
    const name = planned.step.key;
    const full = path === "" ? planned : renamed(planned, `${path}${name}`);
    const step = createProgress(full, stepIds[index] ?? "", byKey.size, scope, parent);
    steps.push(step);
    byName.set(name, step);
    byKey.set(full.step.key, step);
  }
  return scope;
}

const noRetries: StepProgress["retries"] = [];
const noFiles: StepProgress["files"] = [];

/** Of steps that can have none. */
const noGroups: Map<string, GroupState> = new Map();

function createProgress(
  planned: PlannedStep,
  stepId: string,
  index: number,
  scope: ScopeState,
  parent: StepProgress | undefined,
): StepProgress {
  return {
    planned,
    index,
    scope,
    parent,
    groups: [],
    groupsByName: planned.bodies.size === 0 ? noGroups : new Map(),
    ...unbegunStep(stepId),
  };
}

/** What the journal says of a step of which it says nothing yet. */
export function unbegunStep(stepId: string): JournaledStep {
  return {
    stepId,
    state: "planned",
    attempts: 0,
    attemptsBefore: 0,
    readyAt: undefined,
    startedAt: undefined,
    answeredAt: undefined,
    calls: [],
    target: undefined,
    retries: noRetries,
    outputAt: undefined,
    cache: undefined,
    isCold: false,
    endedAt: undefined,
    request: undefined,
    output: undefined,
    files: noFiles,
    rejected: [],
    rejectedSinceEnd: [],
    callsBefore: 0,
    lateWarnings: [],
    error: undefined,
    skippedBecause: undefined,
    inputs: [],
    decisions: new Map(),
    question: undefined,
    answer: undefined,
    yields: undefined,
    valueSha256: undefined,
    isValueLost: false,
  };
}

/** The step under the name by which journal, events and manifest know it. */
function renamed(planned: PlannedStep, key: string): PlannedStep {
  const step: StepDefinition = { ...planned.step, key };
  return { ...planned, step };
}

// A node with one body needs no name for it; items tell its runs apart.
function pathOf({ planned }: StepProgress, { body, item }: GroupIdentity): string {
  const place = item === undefined ? "" : `[${item}]`;
  return body === "body" ? `${planned.step.key}${place}.` : `${planned.step.key}${place}.${body}.`;
}

function targetKey(parent: StepProgress, group: GroupIdentity): string {
  const isBare = group.body === "body" && group.item === undefined;
  return isBare ? `${parent.planned.step.key}.body` : pathOf(parent, group).slice(0, -1);
}
