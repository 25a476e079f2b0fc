import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { Journal } from "../journal/journal.js";
import { describeValue } from "../options/describe-value.js";
import { isDefinition } from "../pipeline/is-definition.js";
import type { AnyPipeline } from "../pipeline/pipeline.js";
import { type Plan, plan } from "../pipeline/plan.js";
import type { RunOptions } from "./run-options.js";
import type { RunResult } from "./run-result.js";
import { type RunHandle, startRun } from "./start-run.js";

/** A pipeline as {@link resume} needs it; every `Pipeline` is one. */
export interface ResumablePipeline<S> extends Pick<AnyPipeline, "definition" | "runtime"> {
  run(...options: never): Promise<RunResult<S>>;
}

/** What {@link resume} takes: how the run goes on. What it was begun with is in its journal. */
export interface ResumeFromOptions<S> extends Omit<RunOptions, "assets" | "metadata" | "parentRunIds" | "runId"> {
  readonly journal: Journal;
  /** The pipeline that the run was begun with, or another one with `onChange: "continue"`. */
  readonly pipeline: ResumablePipeline<S>;
  /**
   * A step of the pipeline that is done anew, and paid for again, with all that follows from it; the steps before stay.
   * @default what has not succeeded
   */
  readonly from?: string | undefined;
}

/**
 * Goes on with a run that this process knows nothing of: after a crash, on another day. Steps that have succeeded are
 * not run again, a job that was submitted is followed from where it was, what failed or was skipped is tried again. A
 * completed run gives its result.
 *
 * Steps take the files from outside that they took before. Where `from` functions give something else each time, what
 * is under way or not judged yet keeps the words that it was asked with. An input that is private, or no JSON, is in no journal and has to be given again.
 *
 * Errors, by `result`: RUN_NOT_FOUND, RUN_BUSY, RUN_CHANGED, OPENING_NEEDED, and whatever a run may throw; thrown at
 * once: INVALID_OPTION, and what `plan` throws.
 *
 * @example
 * const { result } = resume(runId, { journal: folderJournal("runs"), pipeline: film });
 * await (await result).save("film.mp4");
 */
export function resume<S>(runId: string, options: ResumeFromOptions<S>): RunHandle<S> {
  const { pipeline, from, ...rest } = options;
  if (typeof pipeline !== "object" || pipeline === null || !isDefinition(pipeline.definition)) {
    const message = `resume(runId, options), option "pipeline": a pipeline is expected; ${describeValue(pipeline)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  if (rest.journal === undefined) {
    const message =
      'resume(runId, options): option "journal" is missing. Give it the one that the run was written into.';
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const planned = plan(pipeline.definition);
  if (from !== undefined) assertStep(planned, from);
  return startRun<S>(planned, { ...rest, runId }, pipeline.runtime, { resumes: true, from });
}

/**
 * Ends a run that was interrupted or rests: jobs that are under way are cancelled at their providers, and the run is
 * recorded as cancelled. A job in doubt is looked for where its provider lists jobs or honours idempotency keys; else
 * the error of its step is SUBMIT_UNKNOWN. A run that has ended stays as it is; one that is under way elsewhere is RUN_BUSY: cancel it
 * there.
 */
export async function cancelRun<S>(
  runId: string,
  options: Pick<ResumeFromOptions<S>, "journal" | "pipeline" | "runtime" | "input" | "privacy" | "onChange">,
): Promise<RunResult<S>> {
  const { pipeline, ...rest } = options;
  const asked = { ...rest, runId, signal: AbortSignal.abort("It was cancelled."), throwOnFailure: false };
  return startRun<S>(plan(pipeline.definition), asked, pipeline.runtime, { resumes: true, cancels: true }).result;
}

function assertStep({ steps, definition }: Plan, from: string): void {
  const names = steps.map(({ step }) => step.key);
  if (names.includes(from)) return;
  const message = `Option "from" names "${from}", which is no step of pipeline "${definition.name}".${didYouMean(from, names)} Its steps are: ${names.join(", ")}.`;
  throw new GenblazeError("UNKNOWN_STEP", message, { details: { name: from } });
}
