import { type Budget, createBudget } from "../budget/budget.js";
import type { Journal } from "../journal/journal.js";
import type { Plan } from "../pipeline/plan.js";
import { planHash } from "../pipeline/plan-hash.js";
import { budgetEvent } from "./budget-event.js";
import type { EventLog } from "./event-log.js";
import { initialState } from "./expand-body.js";
import { journalEvents } from "./journal-events.js";
import type { EventsBefore } from "./read-log.js";
import { entriesOf } from "./read-state.js";
import type { RunContext } from "./run-context.js";
import { createRunLog } from "./run-log.js";
import type { CheckedRunOptions } from "./run-options.js";
import type { RunSignal } from "./run-signal.js";
import type { Stand } from "./run-stand.js";
import { runStep } from "./run-step.js";
import type { Runtime } from "./runtime.js";
import { createSlots } from "./slots.js";
import { createSpending } from "./spending.js";

/** What one turn of a run is made of. */
interface TurnParts {
  readonly runtime: Runtime;
  readonly stand: Stand;
  readonly journal: Journal;
  readonly events: EventLog;
  readonly signal: RunSignal;
  readonly isKept: boolean;
}

/** The run as its steps see it. */
export function openRun(plan: Plan, options: CheckedRunOptions, parts: TurnParts): RunContext {
  const { runtime, stand, journal, events, signal, isKept } = parts;
  const { memory, begun, beginning } = stand;
  const { definition } = plan;
  const { clock, logger } = runtime;
  const { startedAt, unwritten, written } = memory;
  const log = createRunLog({ ...begun, journal, events, clock, onLost: signal.abort, startedAt, unwritten, written });
  return {
    ...memory,
    state: begun.state,
    log,
    runtime,
    logger,
    abort: signal,
    signal: signal.signal,
    slots: createSlots(options.concurrency),
    isKept,
    isSamePlan: beginning === undefined || planHash(plan) === beginning.planHash,
    runStep,
    guards: definition.guards,
    errors: new Map(),
    cacheMode: options.cache ?? "use",
    loading: new Map(),
    takes: [],
    onUnknownSubmit: options.onUnknownSubmit ?? "fail",
    spending: createSpending(budgetsOf(runtime, options), {
      runId: begun.state.runId,
      tenantId: definition.tenantId,
      onChange: (change) => log.report(budgetEvent(change)),
    }),
    answers: options.answers ?? {},
    answerWaiting: options.onWaiting,
  };
}

/** Those of all runs, and that of this one. */
function budgetsOf({ clock, budget }: Runtime, { budgetUsd }: CheckedRunOptions): readonly Budget[] {
  return [
    ...(budget === undefined ? [] : [budget]),
    ...(budgetUsd === undefined ? [] : [createBudget({ clock, perRunUsd: budgetUsd, assumeUsd: budget?.assumeUsd })]),
  ];
}

/** An end that was told before is told again, and is the only event then. */
export function eventsBefore(
  { state, startedAt }: RunContext,
  journal: Journal,
  { begun, ended }: Stand,
): EventsBefore {
  const { runId, plan, root } = state;
  const stepIds = root.steps.map(({ stepId }) => stepId);
  return {
    runId,
    nextEvent: begun.nextEvent - (ended === undefined ? 0 : 1),
    earlier: (after) =>
      journalEvents(entriesOf(journal, runId), () => ({ state: initialState(runId, plan, stepIds), startedAt }), after),
  };
}
