import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import type { NodeOutput } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import { isReference } from "../pipeline/reference.js";
import { resolveJson } from "../pipeline/resolve-reference.js";
import { resolveParams, resolvePrompt } from "../pipeline/step-request.js";
import { readsPrivately } from "../privacy/private-parts.js";
import { raceAbort } from "./abort-source.js";
import { openNode } from "./node-context.js";
import { assertNodeOutput, toWarnings, toYield } from "./node-output.js";
import { isResting, recordEnd, resting } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { GraphEnd } from "./run-graph.js";
import type { StepProgress } from "./run-state.js";
import { inputsOf, readerOf, toRecorded } from "./step-inputs.js";
import { openStepScope, type StepScope } from "./step-scope.js";

/** Does the step of a node: what is inside it runs as part of the same run, under the step's own time limit. */
export async function runNode(run: RunContext, progress: StepProgress, step: NodeStep): Promise<GraphEnd> {
  const scope = openStepScope(run, step);
  try {
    scope.signal.throwIfAborted();
    const { value, warnings, ...output } = await callNode(run, progress, step, scope);
    // Also when the node took no notice of it: what waits inside would be forgotten.
    if (isAnythingWaiting(progress)) throw resting(step.key);
    const yields = toYield(run, progress, step, output);
    await run.log.record({ state: "yielded", step: step.key, yields, ...(await keepValue(run, value)) });
    const told = toWarnings(run, progress, step, warnings);
    run.values.set(step.key, value);
    await run.log.record({ state: "succeeded", step: step.key, ...told });
    return "good";
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    // Another run's WAITING, that somebody let through, is a failure like any other.
    if (isResting(reason) && isAnythingWaiting(progress)) {
      if (progress.state !== "waiting") await run.log.record({ state: "resting", step: step.key });
      return "resting";
    }
    await recordEnd(run, progress, reason);
    return "bad";
  } finally {
    scope.close();
  }
}

/** Where the run outlives the process, so does what later steps read of a node; what is no JSON, or has no place to last in, is made anew. */
async function keepValue(
  { spool, isKept }: RunContext,
  value: unknown,
): Promise<{ readonly value?: string; readonly isValueLost?: true }> {
  if (value === undefined || !(spool.isLasting || isKept)) return {};
  if (!spool.isLasting || findNonJson(value) !== undefined) return { isValueLost: true };
  return { value: await spool.put(new TextEncoder().encode(JSON.stringify(value)), "application/json") };
}

function isAnythingWaiting({ state, groups }: StepProgress): boolean {
  return state === "waiting" || groups.some(({ steps }) => steps.some((inner) => inner.state === "waiting"));
}

async function callNode(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  scope: StepScope,
): Promise<NodeOutput> {
  const read = readerOf(run, progress.scope);
  const inputs = await inputsOf(run, progress, scope);
  const input = isReference(step.input)
    ? resolveJson(step, { option: "input", reference: step.input }, read)
    : step.input;
  const words = { prompt: resolvePrompt(step, read), params: resolveParams(step, read) };
  learn(run, progress, step, { input, ...words });
  await run.log.record({ state: "entered", step: step.key, inputs: inputs.map(toRecorded) });
  const { context, settled } = openNode({ ...run, abort: scope }, progress, step, { input, inputs, ...words });
  try {
    const output: unknown = await raceAbort(Promise.resolve(step.node.run(context)), scope);
    assertNodeOutput(step, output);
    return output;
  } finally {
    await settled();
  }
}

/** What is private of what a node was given, before anyone can say it. */
function learn(
  { privacy }: RunContext,
  { scope: { path } }: StepProgress,
  step: NodeStep,
  {
    input,
    prompt,
    params,
  }: { readonly input: unknown; readonly prompt: string | undefined; readonly params: JsonObject },
): void {
  if (!privacy.hidesWords) return;
  privacy.learn(step, { prompt, negativePrompt: undefined, seed: undefined, params });
  const isHidden = isReference(step.input) && step.input.sources.some((name) => privacy.isHiddenSource(path, name));
  if (isHidden || readsPrivately(step)) privacy.learnInput(step, input);
}
