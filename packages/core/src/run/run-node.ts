import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import type { NodeOutput } from "../node/composite-node.js";
import { describeValue } from "../options/describe-value.js";
import type { NodeStep } from "../pipeline/definition.js";
import { isReference } from "../pipeline/reference.js";
import { resolveJson } from "../pipeline/resolve-reference.js";
import { resolveParams, resolvePrompt } from "../pipeline/step-request.js";
import type { InputAsset } from "../provider/provider.js";
import { raceAbort } from "./abort-source.js";
import { maskInside } from "./mask-inside.js";
import { openNode } from "./node-context.js";
import { isJournalFailure, isResting, recordEnd } from "./record-end.js";
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
    const { value, ...output } = await callNode(run, progress, step, scope);
    await run.log.record({ state: "yielded", step: step.key, yields: toYield(run, progress, step, output) });
    run.values.set(step.key, value);
    await run.log.record({ state: "succeeded", step: step.key });
    return "good";
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    if (isJournalFailure(reason)) throw reason;
    if (isResting(reason)) {
      if (progress.state !== "waiting") await run.log.record({ state: "resting", step: step.key });
      return "resting";
    }
    await recordEnd(run, progress, reason);
    return "bad";
  } finally {
    scope.close();
  }
}

async function callNode(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  scope: StepScope,
): Promise<NodeOutput> {
  const read = readerOf(run, progress.scope);
  const inputs = await inputsOf(run, progress, scope.signal);
  const input = isReference(step.input)
    ? resolveJson(step, { option: "input", reference: step.input }, read)
    : step.input;
  const words = { prompt: resolvePrompt(step, read), params: resolveParams(step, read) };
  await run.log.record({ state: "entered", step: step.key, inputs: inputs.map(toRecorded) });
  const { context, settled } = openNode({ ...run, abort: scope }, progress, step, { input, inputs, ...words });
  try {
    const output: unknown = await raceAbort(Promise.resolve(step.node.run(context)), scope);
    assertOutput(step, output);
    return output;
  } finally {
    await settled();
  }
}

/** A node of another package may give anything. */
function assertOutput(step: NodeStep, output: unknown): asserts output is NodeOutput {
  const isObject = typeof output === "object" && output !== null;
  const assets: unknown = isObject ? Reflect.get(output, "assets") : undefined;
  if (isObject && (assets === undefined || (Array.isArray(assets) && assets.every(isInput)))) return;
  const came = isObject ? `assets that are ${describeValue(assets)}` : describeValue(output);
  const message = `Step "${step.key}": the node "${step.node.kind}" must give { assets, value }; it gave ${came}. This is a fault of the node.`;
  throw new GenblazeError("OUTPUT_INVALID", message, { details: { step: step.key, node: step.node.kind } });
}

function isInput(value: unknown): value is InputAsset {
  return typeof value === "object" && value !== null && "asset" in value && "step" in value;
}

function toYield(run: RunContext, progress: StepProgress, step: NodeStep, { assets = [], evidence = {} }: NodeOutput) {
  return { assets: assets.map(toRecorded), evidence: maskInside(run, progress, checkEvidence(step, evidence)) };
}

function checkEvidence(step: NodeStep, evidence: JsonObject): JsonObject {
  const wrong = findNonJson(evidence);
  if (wrong === undefined) return evidence;
  const { kind } = step.node;
  const message = `Step "${step.key}": the evidence of the node "${kind}" is not JSON at "${wrong}". This is a fault of the node.`;
  throw new GenblazeError("OUTPUT_INVALID", message, { details: { step: step.key, node: kind } });
}
