import { GenblazeError } from "../errors/genblaze-error.js";
import type { RunContext } from "./run-context.js";
import type { StepResult } from "./run-result.js";
import { type StepProgress, warningsOf } from "./run-state.js";

/** A step of an ended run, as the user sees it. */
export function toStepResult(run: RunContext, progress: StepProgress): StepResult {
  const { planned, output } = progress;
  const { key, output: schema, provider } = planned.step;
  const assets = output?.assets ?? [];
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
      // The schema of the step has given this value; without one there is no JSON.
      return (schema === undefined ? undefined : value()) as StepResult["json"];
    },
    get text() {
      const text = schema === undefined ? value() : undefined;
      return typeof text === "string" ? text : undefined;
    },
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

function didNotRun({ planned, skippedBecause }: StepProgress): GenblazeError {
  const why = skippedBecause === undefined ? "was not run" : `was skipped, because "${skippedBecause}" did not succeed`;
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
