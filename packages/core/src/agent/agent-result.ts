import { sumUsd } from "../pricing/sum-usd.js";
import { type AgentOptions, DEFAULT_ITERATIONS } from "./agent-options.js";
import type { AgentEnd, AgentIteration, AgentResult } from "./agent-types.js";

/** Why no further iteration may begin; undefined when one may. */
export function endOf<S>(
  iterations: readonly AgentIteration<S>[],
  { result, evaluation }: AgentIteration<S>,
  { maxIterations = DEFAULT_ITERATIONS, stopOnFailure = true, maxCostUsd }: AgentOptions<S>,
): AgentEnd | undefined {
  if (evaluation?.passed === true) return "passed";
  if (result.status === "waiting") return "waiting";
  if (result.error !== undefined && stopOnFailure) return "failure";
  if (iterations.length >= maxIterations) return "iterations";
  if (maxCostUsd === undefined) return undefined;
  const costs = knownCosts(iterations);
  if (costs === undefined) return "unknown price";
  return sumUsd([...costs, Math.max(...costs)]) > maxCostUsd ? "budget" : undefined;
}

/** Undefined as soon as one is unknown. */
function knownCosts<S>(iterations: readonly AgentIteration<S>[]): readonly number[] | undefined {
  const costs = iterations.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  return costs.length === iterations.length ? costs : undefined;
}

/** The result of a loop that has run at least once. */
export function toResult<S>(iterations: readonly AgentIteration<S>[], stoppedBy: AgentEnd): AgentResult<S> {
  const best = iterations.reduce((left, right) => (isBetter(right, left) ? right : left));
  const costs = knownCosts(iterations);
  return {
    iterations,
    best,
    last: iterations.at(-1) ?? best,
    passed: iterations.some(({ evaluation }) => evaluation?.passed === true),
    stoppedBy,
    totalCostUsd: costs === undefined ? null : sumUsd(costs),
  };
}

/** Judged ones before those that wait, and these before failed ones; then those that passed; then by rank. */
function isBetter<S>(one: AgentIteration<S>, other: AgentIteration<S>): boolean {
  const [left, right] = [placeOf(one), placeOf(other)];
  const different = left.findIndex((value, index) => value !== right[index]);
  return (left[different] ?? 0) > (right[different] ?? 0);
}

function placeOf<S>({ result, evaluation }: AgentIteration<S>): readonly number[] {
  if (evaluation === undefined) return [result.status === "waiting" ? 1 : 0, 0, 0];
  const { passed, score, rank } = evaluation;
  return [2, Number(passed), rank ?? score ?? Number(passed)];
}
