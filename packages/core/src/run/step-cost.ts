import type { Asset } from "../manifest/model.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { type Cost, toCost, unknownCost } from "../pricing/cost.js";
import { priceCall } from "../pricing/price-call.js";
import type { PricingStrategy } from "../pricing/pricing-context.js";
import { quoteOf } from "../pricing/quote-of.js";
import { type CostTotal, totalCost } from "../pricing/total-cost.js";
import type { ProviderOutput, StepRequest } from "../provider/provider.js";
import type { RunContext } from "./run-context.js";
import type { JournaledStep, StepProgress, StepState } from "./run-state.js";
import type { StepCall } from "./step-calls.js";

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
  const cost = priceCall(strategyOf(run, step), {
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

/** What one request costs at most, before it is made. */
export function quoteOfRequest(run: RunContext, step: ProviderStep, request: StepRequest): Cost {
  const { prompt, params, inputs } = request;
  const quote = quoteOf(strategyOf(run, step), {
    provider: step.provider.name,
    model: step.model,
    ...(prompt === undefined ? {} : { prompt }),
    params,
    inputs: inputs.map(({ asset }) => asset),
  });
  return quote.usd === null ? unknownCost(run.privacy.maskOf(step).text(quote.reason)) : quote;
}

/** The user's price, else that of the provider's package. */
function strategyOf({ runtime }: RunContext, { provider, model }: ProviderStep): PricingStrategy | undefined {
  return runtime.prices?.strategyFor(provider.name, model) ?? provider.models[model]?.price;
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
  const { cache, state, calls } = step;
  if (cache === "hit") return { usd: 0, unit: "cache hit", quantity: 1 };
  const costs = calls.flatMap((call) => (call.isFree ? [] : [costOfCall(call)]));
  if (costs.some((cost) => cost === undefined)) {
    return unknownCost(`"${key}" ${words[state] ?? state} before its provider said what it cost`);
  }
  const known = costs.filter((cost) => cost !== undefined);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  const { usd, reasons } = totalCost(known);
  return usd === null ? unknownCost(reasons.join("; ")) : { usd, unit: "request", quantity: known.length };
}

/** What one request cost; undefined when its provider did not say it. One that was called back is held to cost its quote. */
export function costOfCall({ output, isOutrun, quoteUsd }: StepCall): Cost | undefined {
  if (output !== undefined) return output.cost;
  return isOutrun && quoteUsd !== undefined ? toCost(quoteUsd, "quote", 1) : undefined;
}

/** What steps and all those inside them cost together. */
export function costOfSteps(steps: readonly StepProgress[]): CostTotal {
  return totalCost(everyStep(steps).map(costOfStep));
}

function everyStep(steps: readonly StepProgress[]): readonly StepProgress[] {
  return steps.flatMap((step) => [step, ...step.groups.flatMap((group) => everyStep(group.steps))]);
}
