import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { callTheirs, functionOf } from "../options/call-theirs.js";
import { describeValue } from "../options/describe-value.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import { isReference } from "../pipeline/reference.js";
import type { BodyOutcome, NodeContext } from "./composite-node.js";
import type { CheckedLoop, LoopRound, LoopVerdict } from "./loop.js";

/** Before a round is paid for that nobody can judge, or whose verdict would be taken for what was made. */
export function assertJudgeFits(judge: unknown, { name, steps, yields }: PipelineDefinition): void {
  if (!isReference(judge)) return;
  const names = steps.map(({ key }) => key);
  const unknown = judge.sources.find((source) => !names.includes(source));
  if (unknown !== undefined) {
    const message = `loop(pipeline, options): the judge reads from "${unknown}", which is no step of the pipeline.${didYouMean(unknown, names)}`;
    throw new GenblazeError("UNKNOWN_STEP", message, { details: { name: unknown } });
  }
  const last = names.at(-1) ?? "";
  if (yields !== undefined || names.length === 1 || !judge.sources.includes(last)) return;
  const message = `loop(pipeline, options): the judge reads "${last}", the last step of pipeline "${name}", so that the loop would yield it. Say what it yields: pipeline.yields("${names.at(-2)}"), or pipeline.yields("${last}").`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { name: last } });
}

/** The verdict of a round, decided once; on resume it is what was written down. */
export async function judgeRound(
  context: NodeContext,
  { judge, isReadPrivately }: CheckedLoop,
  round: LoopRound,
  { read }: BodyOutcome,
): Promise<LoopVerdict> {
  const { value } = await context.decide(`round ${round.round}`, async () => {
    const given: unknown = await callTheirs(functionOf(context.step, "judge"), () =>
      isReference(judge) ? judge.compute(...judge.sources.map(read)) : judge(round),
    );
    const verdict = checkVerdict(context.step, given);
    const { passed, score, feedback } = verdict;
    const reason = feedback ?? (passed ? "the judge is content" : "the judge is not content");
    const words = { ...(score === undefined ? {} : { score }), ...(feedback === undefined ? {} : { feedback }) };
    // What the judge says is what the next round is told.
    const hides = isReadPrivately && feedback !== undefined ? [feedback] : [];
    return { value: { passed, ...words }, reason, hides };
  });
  return value;
}

function checkVerdict(step: string, given: unknown): LoopVerdict {
  if (typeof given === "boolean") return { passed: given };
  const [passed, score, feedback] = ["passed", "score", "feedback"].map((field): unknown =>
    typeof given === "object" && given !== null ? Reflect.get(given, field) : undefined,
  );
  if (typeof passed === "boolean" && isScore(score) && (feedback === undefined || typeof feedback === "string")) {
    return { passed, score, feedback: feedback?.toWellFormed() };
  }
  const message = `Step "${step}": a judge gives true, false or { passed, score, feedback }; ${describeValue(given)} came.`;
  throw new GenblazeError("REFERENCE_FAILED", message, { details: { step } });
}

function isScore(score: unknown): score is number | undefined {
  return score === undefined || (typeof score === "number" && Number.isFinite(score));
}
