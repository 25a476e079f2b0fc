import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import { callTheirs, functionOf } from "../options/call-theirs.js";
import { sumUsd } from "../pricing/sum-usd.js";
import type { StepWarning } from "../provider/provider.js";
import type { BodyOutcome, NodeContext, NodeOutput } from "./composite-node.js";
import type { CheckedLoop, LoopRound, LoopVerdict } from "./loop.js";
import { judgeRound } from "./loop-judge.js";
import { errorOf } from "./output-of.js";

interface JudgedRound {
  readonly round: LoopRound;
  readonly verdict: LoopVerdict;
  readonly score: number;
}

/** Runs rounds until one passes, or no more may begin, and gives the best of them. */
export async function runRounds(context: NodeContext, options: CheckedLoop): Promise<NodeOutput> {
  const { maxRounds, mustPass, next } = options;
  const judged: JudgedRound[] = [];
  let { input } = context;
  let stoppedBy = "rounds";
  while (judged.length < maxRounds) {
    const place = { item: judged.length, take: judged.length };
    const outcome = await context.runBody("body", { ...place, input, assets: context.inputs });
    if (outcome.state !== "succeeded") {
      // A round that may be paid for is not given up: a resume can find out what became of it.
      if (judged.length === 0 || outcome.error?.code === "SUBMIT_UNKNOWN") throw errorOf(outcome);
      stoppedBy = "failure";
      break;
    }
    const round = toRound(outcome, judged.length + 1);
    const verdict = await judgeRound(context, options, round, outcome);
    judged.push({ round, verdict, score: verdict.score ?? Number(verdict.passed) });
    stoppedBy = verdict.passed ? "judge" : (overBudget(judged, options.maxCostUsd) ?? "rounds");
    if (stoppedBy !== "rounds") break;
    if (next === undefined) continue;
    const before = { ...round, input, verdict };
    input = await callTheirs(functionOf(context.step, "next"), () => next(before));
  }
  return toOutput(context, judged, stoppedBy, mustPass);
}

function toOutput(
  { step }: NodeContext,
  judged: readonly JudgedRound[],
  stoppedBy: string,
  mustPass: boolean,
): NodeOutput {
  const passed = judged.some(({ verdict }) => verdict.passed);
  // A round that passed is better than one that did not; among equals the earlier one is taken.
  const rank = ({ verdict, score }: JudgedRound) => [Number(verdict.passed), score] as const;
  const best = judged.reduce((left, right) => {
    const [a, b] = [rank(left), rank(right)];
    return b[0] > a[0] || (b[0] === a[0] && b[1] > a[1]) ? right : left;
  });
  if (mustPass && !passed) {
    const message = `Step "${step}": no round of ${judged.length} passed; the best was round ${best.round.round} (${step}[${best.round.round - 1}]). ${best.verdict.feedback ?? "Raise maxRounds, or ask for less."}`;
    throw new GenblazeError("OUTPUT_INVALID", message, { details: { step, rounds: judged.length } });
  }
  const evidence: JsonObject = { rounds: judged.length, best: best.round.round, passed, stoppedBy };
  const warnings = stoppedBy === "unknown price" ? [unknownPrice(judged.length)] : [];
  return { assets: best.round.assets, value: best.round.value, evidence, warnings };
}

function toRound(outcome: BodyOutcome, round: number): LoopRound {
  const { assets, value, costUsd } = outcome;
  // Names and types of steps are known to the caller's compiler only.
  const read = ((name: string) => outcome.read(name)) as LoopRound["read"];
  return { round, assets, value, costUsd, read };
}

/** A budget without prices is one round long, which nobody means who sets one. */
function unknownPrice(round: number): StepWarning {
  const message = `Nobody knows what round ${round} cost, so no further one was begun. Give its models a price: createRuntime({ prices }), or leave maxCostUsd out.`;
  return { option: "maxCostUsd", message };
}

/** Why no further round may begin for its price. */
function overBudget(judged: readonly JudgedRound[], maxCostUsd: number | undefined): string | undefined {
  if (maxCostUsd === undefined) return undefined;
  const costs = judged.map(({ round }) => round.costUsd);
  if (costs.some((cost) => cost === null)) return "unknown price";
  const known = costs.map((cost) => cost ?? 0);
  return sumUsd([...known, Math.max(...known)]) > maxCostUsd ? "budget" : undefined;
}
