import { errorFromUnknown } from "../errors/error-from-unknown.js";
import type { GenblazeError } from "../errors/genblaze-error.js";
import { identityOf } from "./identity-of.js";
import { followersOf } from "./plan-again.js";
import { recordEnd } from "./record-end.js";
import { runScope } from "./run-body.js";
import type { RunContext } from "./run-context.js";
import type { CheckedRunOptions } from "./run-options.js";
import type { Stand } from "./run-stand.js";
import type { RunState } from "./run-state.js";
import type { RunBeginning, Transition } from "./transitions.js";

/** Steps inside a node that was cancelled are not come to; of a job that may be under way there, that is said. */
async function endDoubts(run: RunContext): Promise<void> {
  const { aborted, reason } = run.signal;
  if (!aborted) return;
  for (const progress of run.state.byKey.values()) {
    const isLeft = progress.parent !== undefined && progress.state === "planned";
    if (isLeft && progress.calls.some(({ isInDoubt }) => isInDoubt)) await recordEnd(run, progress, reason);
  }
}

/** Runs the steps to their ends; gives the error of a journal that could not be written, which ends the run. */
export async function executeSteps(run: RunContext, first: Transition): Promise<GenblazeError | undefined> {
  const { state, log } = run;
  try {
    await log.catchUp();
    // A step that is done anew reads its files anew.
    if (first.state === "run.resumed" && first.from !== undefined) run.loaded.clear();
    await log.record(first);
    await runScope(run, state.root);
    await endDoubts(run);
    return undefined;
  } catch (thrown) {
    // Steps throw nothing else: without a journal nothing more is started, and what ran has been called back.
    const error = errorFromUnknown(thrown, "The journal");
    run.log.abandon(error);
    return error;
  }
}

/** How a turn of a run that is known begins. */
export function resumed({ from, resumes = false }: CheckedRunOptions, { isInterrupted, begun }: Stand): Transition {
  if (from !== undefined) {
    const anew = [...followersOf(begun.state.root, from)].map(({ planned: { step } }) => step.key);
    return { state: "run.resumed", from, anew };
  }
  return isInterrupted && !resumes ? { state: "run.resumed", isCarriedOn: true } : { state: "run.resumed" };
}

/** How the first turn of a run begins. */
export function planned({ root, plan }: RunState, begun: RunBeginning | undefined): Transition {
  const steps = root.steps.map(({ planned: { step }, stepId }) => identityOf(step, step.key, stepId));
  return { state: "run.planned", name: plan.definition.name, steps, ...(begun === undefined ? {} : { begun }) };
}
