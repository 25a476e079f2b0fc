import { GenblazeError } from "../errors/genblaze-error.js";
import type { RunContext } from "./run-context.js";
import type { RunResult } from "./run-result.js";
import { inRecordOrder, type RunState } from "./run-state.js";
import type { RecordedError, RunEndStatus } from "./transitions.js";

/** What kept a run from being what the caller wanted. */
export interface RunTrouble {
  readonly status: RunEndStatus;
  /** Why it could not be written to its sink. */
  readonly sink: GenblazeError | undefined;
  /** Why its journal could not be written. */
  readonly journal: GenblazeError | undefined;
  /** What was recorded of a run that has ended before. */
  readonly before: RecordedError | undefined;
}

/** The error of an ended run, which carries the result so far; undefined when all went well. */
export function runErrorOf(run: RunContext, trouble: RunTrouble, result: RunResult): GenblazeError | undefined {
  const { status, sink, journal, before } = trouble;
  const facts = { details: { runId: run.state.runId }, result };
  if (journal !== undefined) {
    const message = `The run was ended, because its journal could not be written: ${journal.message} The error's result holds what was made.`;
    return new GenblazeError("JOURNAL_FAILED", message, { ...facts, cause: journal });
  }
  const notStored = sink === undefined ? "" : ` It was not stored: ${sink.message} The error's result holds all of it.`;
  if (status === "completed" || status === "waiting") {
    if (sink === undefined) return undefined;
    const { isRetryable } = sink;
    return new GenblazeError("SINK_FAILED", `The run completed.${notStored}`, { ...facts, cause: sink, isRetryable });
  }
  if (before !== undefined) return new GenblazeError(before.code, `${before.message}${notStored}`, facts);
  const { reason } = run.abort.signal;
  const cause = GenblazeError.isInstance(reason) ? reason : [...run.errors.values()][0];
  const code = GenblazeError.isInstance(reason) ? reason.code : "RUN_FAILED";
  const what = GenblazeError.isInstance(reason) ? reason.message : `Run ${run.state.runId} failed.`;
  const failures = failuresOf(run.state).filter((failure) => !failure.endsWith(what));
  const message = [`${what}${notStored}`, ...failures].join("\n");
  return new GenblazeError(code, message, { ...facts, cause, isRetryable: cause?.isRetryable ?? false });
}

/** One line for each step that failed or was cancelled. */
function failuresOf(state: RunState): readonly string[] {
  return inRecordOrder(state.root.steps).flatMap(({ planned, error }) => {
    const { key, provider, model } = planned.step;
    if (error === undefined) return [];
    // Some messages name the step themselves.
    const named = [`Step "${key}": `, `Step "${key}" `].find((start) => error.message.startsWith(start)) ?? "";
    const said = error.message.slice(named.length);
    return [`Step "${key}" (${provider.name}/${model}): ${said}`];
  });
}
