import type { JournaledStep, ScopeState, StepProgress } from "./run-state.js";
import type { Transition } from "./transitions.js";

const noSteps: ReadonlySet<StepProgress> = new Set();

/** A step of the pipeline, and all that wait for it, in any number of steps. */
export function followersOf({ steps, byName }: ScopeState, from: string): ReadonlySet<StepProgress> {
  const first = byName.get(from);
  const found = new Set(first === undefined ? [] : [first]);
  // A set is walked through in the order of adding, what is added meanwhile included.
  for (const each of found) {
    const index = steps.indexOf(each);
    for (const step of steps) if (step.planned.waitsFor.includes(index)) found.add(step);
  }
  return found;
}

/** Plans what a run that goes on does again. */
export function planRunAgain(
  root: ScopeState,
  { from, isCarriedOn }: Pick<Extract<Transition, { state: "run.resumed" }>, "from" | "isCarriedOn">,
): void {
  const anew = from === undefined ? noSteps : followersOf(root, from);
  for (const step of root.steps) planAgain(step, anew.has(step), isCarriedOn === true);
}

function planAgain(step: StepProgress, isAnew: boolean, keepsEnds: boolean): void {
  if (!isPlannedAgain(step, isAnew, keepsEnds)) return;
  for (const { steps } of step.groups) for (const inner of steps) planAgain(inner, isAnew, keepsEnds);
  resetStep(step, isAnew);
}

/** What succeeded stays with all that is inside it, and what a node decided; the rest begins anew. */
export function isPlannedAgain({ state, isValueLost }: JournaledStep, isAnew: boolean, keepsEnds: boolean): boolean {
  if (isAnew) return true;
  if (state === "succeeded") return isValueLost;
  return !(keepsEnds && (state === "failed" || state === "skipped"));
}

/** Where a step stands that is planned again. */
export function resetStep(step: JournaledStep, isAnew: boolean): void {
  // A gate that was not opened asks anew.
  if (step.state === "failed" || isAnew) {
    step.question = undefined;
    step.answer = undefined;
    step.target = undefined;
  }
  if (isAnew) forget(step);
  step.state = "planned";
  step.attemptsBefore = step.attempts;
  step.readyAt = undefined;
  step.startedAt = undefined;
  step.answeredAt = undefined;
  step.endedAt = undefined;
  step.error = undefined;
  step.skippedBecause = undefined;
  // What was paid for and not rejected is judged again, and not asked for again.
  const isRejected = (given: JournaledStep["output"]) => step.rejected.some(({ output }) => output === given);
  if (step.output === undefined || !isRejected(step.output)) return;
  // One of two that were asked beside one another may have given what nobody has judged yet.
  const other = step.calls
    .slice(step.callsBefore)
    .findLast(({ output }) => output !== undefined && !isRejected(output));
  step.outputAt = other?.outputAt;
  step.output = other?.output;
}

/** Whatever it gave, or was about to get: only what is not known to be paid stays. */
function forget(step: JournaledStep): void {
  step.output = undefined;
  step.outputAt = undefined;
  for (const call of step.calls) call.operation = undefined;
  step.callsBefore = step.calls.length;
  step.request = undefined;
  // Files from outside may be others by now, as whoever asks for it anew may want.
  step.files = [];
  step.yields = undefined;
  step.valueSha256 = undefined;
  step.decisions.clear();
}
