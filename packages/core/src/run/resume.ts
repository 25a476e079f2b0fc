import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal } from "../journal/journal.js";
import { describeValue } from "../options/describe-value.js";
import { isDefinition } from "../pipeline/is-definition.js";
import type { AnyPipeline } from "../pipeline/pipeline.js";
import { plan } from "../pipeline/plan.js";
import type { RunOptions } from "./run-options.js";
import type { RunHandle } from "./start-run.js";
import { startRun } from "./start-run.js";

/** What {@link resume} takes: how the run goes on. What it was begun with is in its journal. */
export interface ResumeFromOptions<S> extends Omit<RunOptions, "assets" | "metadata" | "parentRunIds" | "runId"> {
  readonly journal: Journal;
  /** The pipeline that the run was begun with, or another one with `onChange: "continue"`. */
  readonly pipeline: Pick<AnyPipeline, "definition" | "runtime"> & { readonly "~steps"?: S };
}

/**
 * Goes on with a run that this process knows nothing of: after a crash, on another day. Steps that have succeeded are
 * not run again, a job that was submitted is followed from where it was, what failed or was skipped is tried again. A
 * completed run gives its result.
 *
 * `from` functions must give the same for the same sources: a step that asks for something else than before is asked
 * anew. An input that is private, or no JSON, is in no journal and has to be given again.
 *
 * Errors, by `result`: RUN_NOT_FOUND, RUN_BUSY, RUN_CHANGED, OPENING_NEEDED, and whatever a run may throw; thrown at
 * once: INVALID_OPTION, and what `plan` throws.
 *
 * @example
 * const { result } = resume(runId, { journal: folderJournal("runs"), pipeline: film });
 * await (await result).save("film.mp4");
 */
export function resume<S>(runId: string, options: ResumeFromOptions<S>): RunHandle<S> {
  const { pipeline, ...rest } = options;
  if (typeof pipeline !== "object" || pipeline === null || !isDefinition(pipeline.definition)) {
    const message = `resume(runId, options), option "pipeline": a pipeline is expected; ${describeValue(pipeline)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  if (rest.journal === undefined) {
    const message =
      'resume(runId, options): option "journal" is missing. Give it the one that the run was written into.';
    throw new GenblazeError("INVALID_OPTION", message);
  }
  return startRun<S>(plan(pipeline.definition), { ...rest, runId }, pipeline.runtime, true);
}
