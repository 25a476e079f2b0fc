import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";
import { isDefinition } from "../pipeline/is-definition.js";
import type { AnyPipeline } from "../pipeline/pipeline.js";
import { type Plan, plan } from "../pipeline/plan.js";
import { initialState } from "../run/expand-body.js";
import { journalEvents } from "../run/journal-events.js";
import { entriesOf } from "../run/read-state.js";
import { assertSamePlan, noBeginning } from "../run/restore-run.js";
import type { RunEvent } from "../run/run-events.js";
import { afterOption } from "../run/stream-options.js";
import type { Journal, JournalEntry } from "./journal.js";

/** What {@link eventsFromJournal} takes. */
export interface EventsFromJournalOptions {
  /** The pipeline that the run was begun with. */
  readonly pipeline: Pick<AnyPipeline, "definition">;
  /** The number of the last event that is known: those after it are given. @default -1, which gives all */
  readonly after?: number | undefined;
}

const journalOptions = z.strictObject({
  pipeline: z.custom<EventsFromJournalOptions["pipeline"]>(
    (value) => typeof value === "object" && value !== null && isDefinition(Reflect.get(value, "definition")),
    "a pipeline is expected",
  ),
  after: afterOption.optional(),
});

/**
 * The events of a run that are in its journal so far, over all its turns, also of a run of another process: the same
 * values under the same numbers as they had when they came, without those that were only reported (`isTransient`). It
 * ends where the journal ends; ask again with the last number that came for what has been written since.
 *
 * A run that went on with `onChange: "continue"` has the numbers that the pipeline which is given says, and events of
 * its steps only.
 *
 * Errors: INVALID_OPTION at once; in the loop RUN_NOT_FOUND, RUN_CHANGED, JOURNAL_FAILED.
 *
 * @example
 * for await (const event of eventsFromJournal(folderJournal("runs"), runId, { pipeline: film, after: 41 })) show(event);
 */
export function eventsFromJournal(
  journal: Journal,
  runId: string,
  options: EventsFromJournalOptions,
): AsyncIterable<RunEvent> {
  const { pipeline, after = -1 } = checkOptions(journalOptions, options, "eventsFromJournal(journal, runId, options)");
  return read(journal, runId, plan(pipeline.definition), after);
}

async function* read(journal: Journal, runId: string, planned: Plan, after: number): AsyncGenerator<RunEvent, void> {
  let isKnown = false;
  const begin = ({ transition }: JournalEntry) => {
    isKnown = true;
    if (transition.state !== "run.planned" || transition.begun === undefined) throw noBeginning(runId);
    assertSamePlan(runId, planned, transition.begun);
    const ids = new Map(transition.steps.map(({ step, stepId }) => [step, stepId]));
    const stepIds = planned.steps.map(({ step }) => ids.get(step.key) ?? "");
    return { state: initialState(runId, planned, stepIds), startedAt: transition.begun.startedAt };
  };
  yield* journalEvents(entriesOf(journal, runId), begin, after);
  if (isKnown) return;
  const message = `The journal knows no run ${runId}. Check the id, and that it is the journal that the run was written into.`;
  throw new GenblazeError("RUN_NOT_FOUND", message, { details: { runId } });
}
