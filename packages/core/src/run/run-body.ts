import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { BodyOutcome } from "../node/composite-node.js";
import { validate } from "../pipeline/output-schema.js";
import { bodyIdentities, findGroup } from "./expand-body.js";
import { resting } from "./record-end.js";
import type { GivenInput, RunContext } from "./run-context.js";
import { runGraph } from "./run-graph.js";
import type { GroupState, ScopeState, StepProgress } from "./run-state.js";
import { scopeEnd } from "./scope-end.js";
import { costOfSteps } from "./step-cost.js";
import { handedOn, readStep } from "./step-inputs.js";
import type { GroupIdentity } from "./transitions.js";

/** One run of a body: a new one, or that of the run that is resumed. */
export async function openGroup(run: RunContext, parent: StepProgress, group: GroupIdentity): Promise<GroupState> {
  const { key } = parent.planned.step;
  const before = findGroup(parent, group);
  if (before !== undefined) return before;
  const steps = bodyIdentities(parent, group, run.runtime.createId);
  if (steps.length > 0) await run.log.record({ state: "expanded", step: key, group, steps });
  const opened = findGroup(parent, group);
  if (opened !== undefined) return opened;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${key}": its node has no body "${group.body}". This is a fault of the node.`,
  );
}

/** Writes down that a body is not run. */
export async function skipGroup(run: RunContext, { steps }: GroupState, reason: string): Promise<void> {
  for (const { planned, state } of steps) {
    if (state !== "planned") continue;
    await run.log.record({ state: "skipped", step: planned.step.key, because: { kind: "choice", reason } });
  }
}

/** Runs a body to its end; throws what ends the node around it too. */
export async function runGroup(
  run: RunContext,
  parent: StepProgress,
  group: GroupState,
  given: GivenInput,
): Promise<BodyOutcome> {
  if (group.scope === undefined) {
    const [target] = group.steps;
    if (target?.state === "planned") await run.runStep(run, target);
    return outcomeOf(run, parent, group, target?.state === "succeeded" ? undefined : errorOfSteps(run, group));
  }
  const { definition } = group.scope.plan;
  run.privacy.cover(definition, group.scope.path);
  let input: unknown;
  try {
    input = await checkGiven(run, group.scope, given.input);
  } catch (thrown) {
    if (!GenblazeError.isInstance(thrown)) throw thrown;
    await skipGroup(run, group, thrown.message);
    // Left out, but not by choice.
    return { ...outcomeOf(run, parent, group, thrown), state: "failed", error: thrown };
  }
  run.given.set(group.scope.path, { input, assets: given.assets });
  // What a node's step says of guards and cache holds for all inside; targets have it as options of their own.
  const { guards, cache } = parent.planned.step;
  const inner = { guards: [...run.guards, ...guards, ...definition.guards], cacheMode: cache ?? run.cacheMode };
  await runScope({ ...run, ...inner }, group.scope);
  return outcomeOf(run, parent, group, errorOfSteps(run, group));
}

/** Runs the steps of a pipeline, or of one inside it, as far as they can. */
export async function runScope(run: RunContext, { plan, steps }: ScopeState): Promise<void> {
  const keyOf = (index: number) => steps[index]?.planned.step.key ?? "";
  await runGraph(plan.steps, {
    run: async (index) => {
      const step = steps[index];
      return step === undefined ? "bad" : run.runStep(run, step);
    },
    skip: (index, because) => {
      if (steps[index]?.state === "skipped") return undefined;
      const reason = { kind: "source", step: keyOf(because) } as const;
      return run.log.record({ state: "skipped", step: keyOf(index), because: reason });
    },
  });
}

/** The step whose output is that of the body. */
function yieldingOf({ steps, scope }: GroupState): StepProgress | undefined {
  const { yields } = scope?.plan.definition ?? {};
  return yields === undefined ? steps.at(-1) : scope?.byName.get(yields);
}

function outcomeOf(
  run: RunContext,
  parent: StepProgress,
  group: GroupState,
  error: GenblazeError | undefined,
): BodyOutcome {
  run.abort.signal.throwIfAborted();
  const end = scopeEnd(group.steps);
  if (end === "waiting") throw resting(parent.planned.step.key);
  const last = yieldingOf(group);
  const state = end === "completed" ? (last?.state === "succeeded" ? "succeeded" : "skipped") : end;
  const isGood = state === "succeeded" && last !== undefined;
  return {
    state,
    assets: isGood ? handedOn(run, last, run.abort.signal) : [],
    value: isGood && last.planned.step.provider.yields === "text" ? run.values.get(last.planned.step.key) : undefined,
    error: state === "succeeded" ? undefined : error,
    costUsd: costOfSteps(group.steps).usd,
    read(name) {
      const step = group.scope?.byName.get(name);
      if (step !== undefined) return step.state === "succeeded" ? readStep(run, step) : undefined;
      const message = `Step "${parent.planned.step.key}": body "${group.body}" has no step "${name}".`;
      throw new GenblazeError("UNKNOWN_STEP", message, { details: { name } });
    },
  };
}

function errorOfSteps(run: RunContext, { steps }: GroupState): GenblazeError | undefined {
  for (const { planned } of steps) {
    const error = run.errors.get(planned.step.key);
    if (error !== undefined) return error;
  }
  return undefined;
}

async function checkGiven(run: RunContext, { plan, path }: ScopeState, input: unknown): Promise<unknown> {
  const { definition } = plan;
  if (definition.input === undefined) return undefined;
  const mask = run.privacy.inputMask(definition, input);
  // Whatever came out of a reference or a node is JSON, or is refused by the schema.
  return validate(definition.input, input as JsonValue | undefined, (problem) => {
    const message = `The input of "${path.slice(0, -1)}" does not fit the schema of pipeline "${definition.name}": ${mask.text(problem)}.`;
    return new GenblazeError("INPUT_INVALID", message, { details: { pipeline: definition.name } });
  });
}
