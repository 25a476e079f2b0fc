import { describeValue } from "../options/describe-value.js";
import { callReference, referenceFailed } from "../pipeline/resolve-reference.js";
import { recordEnd } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import { runNode } from "./run-node.js";
import { runProviderStep } from "./run-provider-step.js";
import type { StepProgress } from "./run-state.js";
import { readerOf } from "./step-inputs.js";

/** Does one step, whatever does it; each state is in the journal before the next begins. Throws only JOURNAL_FAILED. */
export async function runStep(run: RunContext, progress: StepProgress): Promise<GraphEnd> {
  const { step } = progress.planned;
  // Of a run that is resumed.
  if (progress.state === "succeeded") return "good";
  if (progress.state === "failed" || progress.state === "skipped") return "bad";
  const condition = step.when === undefined ? "run" : await meetsCondition(run, progress);
  if (condition !== "run") return "bad";
  if (step.kind === "node") return runNode(run, progress, step);
  const ready = run.log.record({ state: "ready", step: step.key, mustWait: run.slots.isFull() });
  // Its failure is thrown where it is awaited, which may be later.
  ready?.catch(() => undefined);
  const work = async () => {
    await ready;
    return runProviderStep(run, progress, step);
  };
  return run.slots.use(work, run.abort);
}

/** Asks the step's own condition; writes down that it is skipped, or that asking failed. */
async function meetsCondition(run: RunContext, progress: StepProgress): Promise<"run" | "skip" | "failed"> {
  const { step } = progress.planned;
  const { when } = step;
  // A run that was cancelled meanwhile is told so by the step itself.
  if (when === undefined || run.abort.signal.aborted) return "run";
  try {
    const found = { option: "when", reference: when };
    const verdict = callReference(step, found, readerOf(run, progress.scope));
    if (verdict === true) return "run";
    if (verdict !== false)
      throw referenceFailed(step, found, `must give true or false, but gave ${describeValue(verdict)}`);
  } catch (thrown) {
    await recordEnd(run, progress, thrown);
    return "failed";
  }
  const name = when.label === "" ? "its condition" : `its condition ${when.label}`;
  const reason = when.reason ?? `${name} on ${when.sources.join(", ")} gave false.`;
  await run.log.record({ state: "skipped", step: step.key, because: { kind: "choice", reason } });
  return "skip";
}
