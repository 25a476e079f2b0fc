import { GenblazeError } from "../errors/genblaze-error.js";
import type { RunContext } from "./run-context.js";
import type { StepPart, StepResult } from "./run-result.js";
import { type GroupState, orderedGroups, type StepProgress, warningsOf } from "./run-state.js";
import { assetsOf } from "./step-assets.js";

/** A step of an ended run, as the user sees it. */
export function toStepResult(run: RunContext, progress: StepProgress): StepResult {
  const { planned } = progress;
  const { key, output: schema, provider, kind } = planned.step;
  const assets = assetsOf(progress);
  const since = (at: number | undefined) => (at === undefined ? undefined : at - run.log.startedAt);
  const value = () => {
    if (progress.state === "succeeded") return run.values.get(key);
    throw run.errors.get(key) ?? didNotRun(progress);
  };
  return {
    name: key,
    modality: provider.yields,
    state: progress.state,
    assets,
    get json() {
      // The schema of the step, or the parts of the node, gave this value; a text is none.
      const json = schema === undefined && kind === "provider" ? undefined : value();
      return (schema === undefined && typeof json === "string" ? undefined : json) as StepResult["json"];
    },
    get text() {
      const text = schema === undefined ? value() : undefined;
      return typeof text === "string" ? text : undefined;
    },
    get parts() {
      return orderedGroups(progress).map((group) => toPart(run, group));
    },
    reason: progress.skippedBecause?.kind === "choice" ? progress.skippedBecause.reason : undefined,
    evidence: progress.yields?.evidence ?? {},
    decisions: Object.fromEntries(progress.decisions),
    attempts: progress.attempts,
    warnings: warningsOf(progress),
    error: run.errors.get(key),
    startedMs: since(progress.startedAt),
    endedMs: since(progress.endedAt),
    async bytes(assetIndex = 0) {
      const asset = assets[assetIndex];
      if (asset === undefined) throw noAsset({ name: key, state: progress.state, assets }, assetIndex);
      return run.spool.read(asset);
    },
  };
}

/** One run of a body of a node. */
function toPart(run: RunContext, { body, item, steps }: GroupState): StepPart {
  return { body, item, steps: steps.map((step) => toStepResult(run, step)) };
}

function didNotRun({ planned, skippedBecause }: StepProgress): GenblazeError {
  const why =
    skippedBecause === undefined
      ? "was not run"
      : skippedBecause.kind === "choice"
        ? `was skipped: ${skippedBecause.reason}`
        : `was skipped, because "${skippedBecause.step}" did not succeed`;
  return new GenblazeError("RUN_FAILED", `Step "${planned.step.key}" has no output: it ${why}.`);
}

/** The error for an asset that a step does not have. */
export function noAsset(
  { name, state, assets }: Pick<StepResult, "name" | "state" | "assets">,
  index: number,
): GenblazeError {
  const message = `Step "${name}" (${state}) has ${assets.length === 1 ? "1 asset" : `${assets.length} assets`}, so there is none at ${index}.`;
  return new GenblazeError("INVALID_OPTION", message, { details: { step: name, assets: assets.length } });
}
