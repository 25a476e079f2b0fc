import { redactSecrets } from "../errors/redact-secrets.js";
import { totalCost } from "../pricing/total-cost.js";
import { applyToStep } from "../run/apply-to-step.js";
import { skippedText } from "../run/events-of.js";
import { unbegunStep } from "../run/expand-body.js";
import { isPlannedAgain, resetStep } from "../run/plan-again.js";
import { noBeginning } from "../run/restore-run.js";
import type { JournaledStep } from "../run/run-state.js";
import { isOpenCall } from "../run/step-calls.js";
import { costOfRequests } from "../run/step-cost.js";
import type { PlannedIdentity, Transition } from "../run/transitions.js";
import type { JournalEntry } from "./journal.js";
import type { RunOverview, StepOverview } from "./run-overview.js";

/** A step while the entries are folded. */
interface KnownStep {
  readonly identity: PlannedIdentity;
  readonly parent: KnownStep | undefined;
  /** Of which item of its node it is. */
  readonly item: number | undefined;
  readonly parts: KnownStep[];
  readonly progress: JournaledStep;
}

/** A run while its entries are folded. */
interface Reading {
  readonly first: JournalEntry;
  readonly planned: Extract<Transition, { state: "run.planned" }>;
  readonly roots: KnownStep[];
  readonly byName: Map<string, KnownStep>;
  last: JournalEntry;
  ended: Extract<Transition, { state: "run.ended" }> | undefined;
  resumes: number;
}

/**
 * What the entries of a run say, as `journal.read(runId)` gives them; undefined when there are none. The pipeline is
 * not needed, and the run may be under way elsewhere. JOURNAL_FAILED for entries that do not
 * say how the run began.
 */
export async function summarizeRun(
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
): Promise<RunOverview | undefined> {
  let reading: Reading | undefined;
  for await (const entry of entries) {
    if (reading === undefined) reading = begin(entry);
    // A journal that wrote an entry and said that it could not has it twice.
    else if (entry.sequence !== reading.last.sequence) take(reading, entry);
  }
  return reading && overviewOf(reading);
}

function begin(first: JournalEntry): Reading {
  const { transition, runId } = first;
  if (transition.state !== "run.planned") throw noBeginning(runId);
  const byName = new Map<string, KnownStep>();
  const roots = transition.steps.map((identity) => know(byName, identity, undefined, undefined));
  return { first, planned: transition, roots, byName, last: first, ended: undefined, resumes: 0 };
}

function know(
  byName: Map<string, KnownStep>,
  identity: PlannedIdentity,
  parent: KnownStep | undefined,
  item: number | undefined,
): KnownStep {
  const step: KnownStep = { identity, parent, item, parts: [], progress: unbegunStep(identity.stepId) };
  byName.set(identity.step, step);
  return step;
}

function take(reading: Reading, entry: JournalEntry): void {
  const { transition, at } = entry;
  const { roots, byName } = reading;
  reading.last = entry;
  if (transition.state === "run.planned") return;
  if (transition.state === "run.ended") {
    reading.ended = transition;
    return;
  }
  if (transition.state === "run.resumed") {
    reading.ended = undefined;
    reading.resumes += 1;
    const keepsEnds = transition.isCarriedOn === true;
    const { from, anew = from === undefined ? [] : [from] } = transition;
    for (const root of roots) planAgain(root, anew.includes(root.identity.step), keepsEnds);
    return;
  }
  const step = byName.get(transition.step);
  if (step === undefined) return;
  if (transition.state !== "expanded") {
    applyToStep(step.progress, transition, at);
    return;
  }
  for (const identity of transition.steps) {
    if (!byName.has(identity.step)) step.parts.push(know(byName, identity, step, transition.group.item));
  }
}

function planAgain({ progress, parts }: KnownStep, isAnew: boolean, keepsEnds: boolean): void {
  if (!isPlannedAgain(progress, isAnew, keepsEnds)) return;
  for (const part of parts) planAgain(part, isAnew, keepsEnds);
  resetStep(progress, isAnew);
}

function overviewOf({ first, planned, roots, last, ended, resumes }: Reading): RunOverview {
  const known = inOrder(roots);
  const steps = known.map(overviewOfStep);
  return {
    runId: first.runId,
    name: planned.name,
    ended: ended?.status,
    startedAt: first.at,
    changedAt: last.at,
    resumes,
    error: ended?.error,
    needsInput: planned.begun?.isInputHidden === true,
    waiting: steps.filter(({ question }) => question !== undefined).map(({ name }) => name),
    doneSteps: known.filter(isDone).length,
    cost: totalCost(steps.map(({ cost }) => cost)),
    steps,
  };
}

/** What is inside a node behind it, by item. */
function inOrder(steps: readonly KnownStep[]): readonly KnownStep[] {
  return steps.flatMap((step) => [
    step,
    ...inOrder(step.parts.toSorted((left, right) => (left.item ?? 0) - (right.item ?? 0))),
  ]);
}

function isDone({ progress: { state, skippedBecause } }: KnownStep): boolean {
  return state === "succeeded" || (state === "skipped" && skippedBecause?.kind === "choice");
}

function overviewOfStep({ identity, parent, progress }: KnownStep): StepOverview {
  const { step: name, stepId } = identity;
  const { provider, model } = progress.target ?? identity;
  const { state, attempts, startedAt, endedAt, cache, error, calls } = progress;
  const { request, output, yields, skippedBecause, question } = progress;
  const open = calls.filter(isOpenCall);
  const job = open.find(({ operation }) => operation !== undefined)?.operation;
  return {
    name,
    stepId,
    parent: parent?.identity.step,
    provider,
    model,
    state,
    attempts,
    startedAt,
    endedAt,
    cost: costOfRequests(progress, name),
    cache,
    prompt: request?.prompt,
    assets: (output?.assets ?? yields?.assets ?? []).length,
    error,
    skipped: state === "skipped" && skippedBecause !== undefined ? skippedText(skippedBecause) : undefined,
    openJob: job === undefined ? undefined : redactSecrets(JSON.stringify(job)),
    inDoubt: open.find(({ isInDoubt }) => isInDoubt)?.idempotencyKey,
    question: state === "waiting" ? question?.words : undefined,
  };
}
