import type { Asset } from "../manifest/model.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { type Cost, toCost, unknownCost } from "../pricing/cost.js";
import { priceCall } from "../pricing/price-call.js";
import { type CostTotal, totalCost } from "../pricing/total-cost.js";
import type { ProviderOutput, StepRequest } from "../provider/provider.js";
import type { RunContext } from "./run-context.js";
import type { JournaledStep, StepProgress, StepState } from "./run-state.js";

/** What one answer of a provider cost: what it says itself, else by the user's prices, else by those of its package. */
export function costOfOutput(
  run: RunContext,
  step: ProviderStep,
  request: StepRequest,
  output: ProviderOutput,
  assets: readonly Asset[],
): Cost {
  if (output.costUsd !== undefined) return toCost(output.costUsd, "request", 1);
  const { provider, model } = step;
  const strategy = run.runtime.prices?.strategyFor(provider.name, model) ?? provider.models[model]?.price;
  const cost = priceCall(strategy, {
    provider: provider.name,
    model,
    prompt: request.prompt,
    params: request.params,
    inputs: request.inputs.map(({ asset }) => asset),
    assets,
    payload: output.payload ?? {},
  });
  if (cost.usd === null) return unknownCost(run.privacy.maskOf(step).text(cost.reason));
  // How many characters were counted would tell the length of a private prompt.
  return step.promptVisibility === "public" ? cost : { usd: cost.usd, unit: "request", quantity: 1 };
}

/** A state that a sentence says otherwise. */
const words: Readonly<Partial<Record<StepState, string>>> = { cancelled: "was cancelled" };

/** What a step cost, rejected answers included; what is inside a node is counted there. */
export function costOfStep(step: StepProgress): Cost {
  const { kind, key } = step.planned.step;
  return kind === "node" && step.cache !== "hit" ? { usd: 0, unit: "node", quantity: 1 } : costOfRequests(step, key);
}

/** What was asked of a provider under the name of a step cost, as far as the journal says it. */
export function costOfRequests(step: JournaledStep, key: string): Cost {
  const { output, rejected, cache, state, attempts, refusals } = step;
  if (cache === "hit") return { usd: 0, unit: "cache hit", quantity: 1 };
  const last = rejected.at(-1)?.output === output ? undefined : output?.cost;
  const costs = [...rejected.map((each) => each.output?.cost), last].filter((cost) => cost !== undefined);
  if (costs.length < attempts - refusals) {
    return unknownCost(`"${key}" ${words[state] ?? state} before its provider said what it cost`);
  }
  const [only] = costs;
  if (only !== undefined && costs.length === 1) return only;
  const { usd, reasons } = totalCost(costs);
  return usd === null ? unknownCost(reasons.join("; ")) : { usd, unit: "request", quantity: costs.length };
}

/** What steps and all those inside them cost together. */
export function costOfSteps(steps: readonly StepProgress[]): CostTotal {
  return totalCost(everyStep(steps).map(costOfStep));
}

function everyStep(steps: readonly StepProgress[]): readonly StepProgress[] {
  return steps.flatMap((step) => [step, ...step.groups.flatMap((group) => everyStep(group.steps))]);
}
