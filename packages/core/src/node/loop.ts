import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonObject } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import { isDefinition } from "../pipeline/is-definition.js";
import { isReference, type Reference } from "../pipeline/reference.js";
import type { PipelineBody, ReferencedValue } from "../pipeline/scope.js";
import { sumUsd } from "../pricing/sum-usd.js";
import { privateSources } from "../privacy/private-parts.js";
import type { InputAsset } from "../provider/provider.js";
import type { BodyOutcome, CompositeNode, NodeContext, NodeOutput } from "./composite-node.js";
import { errorOf } from "./output-of.js";
import { typedNode } from "./typed-node.js";
import { yieldsOf } from "./yields-of.js";

/** What a judge says of one round. */
export interface LoopVerdict {
  /** Whether the loop may end. */
  readonly passed: boolean;
  /** How good it is; the best round is kept. @default 1 for a round that passed, 0 for another */
  readonly score?: number | undefined;
  /** What the next round should do better. */
  readonly feedback?: string | undefined;
}

/** One round of a loop, as judges and `next` see it. */
export interface LoopRound<V = unknown, S = unknown> {
  /** From 1. */
  readonly round: number;
  readonly assets: readonly InputAsset[];
  /** The text or JSON of the step that the pipeline yields. */
  readonly value: V;
  /** The text, JSON or assets of one of its steps. */
  read<N extends keyof S & string>(name: N): ReferencedValue<S[N]>;
  /** What it cost in US dollars; null when a price is unknown. */
  readonly costUsd: number | null;
}

/** A judge: a function of the round, or `from(step, ...)` of a step inside that judges. */
export type LoopJudge<V, S> =
  | ((round: LoopRound<V, S>) => LoopVerdict | boolean | Promise<LoopVerdict | boolean>)
  | Reference<S, LoopVerdict | boolean>;

/** What {@link loop} takes besides its body. */
export interface LoopOptions<V, In, S> {
  readonly judge: LoopJudge<V, S>;
  /** @default 3 */
  readonly maxRounds?: number | undefined;
  /** No further round begins that could go beyond, as dear as the dearest so far. @default no limit */
  readonly maxCostUsd?: number | undefined;
  /** The input of the next round. @default the same again */
  readonly next?: ((before: LoopRound<V, S> & { readonly input: In; readonly verdict: LoopVerdict }) => In) | undefined;
  /** Whether the step fails when no round passed. @default false: the best round is taken */
  readonly mustPass?: boolean | undefined;
}

const DEFAULT_MAX_ROUNDS = 3;
const isFunction = (value: unknown) => typeof value === "function";
const loopOptions = z.strictObject({
  judge: z.custom<LoopJudge<unknown, unknown>>(
    (value) => isFunction(value) || isReference(value),
    "a function of the round, or from(step, function), is expected",
  ),
  maxRounds: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(1_000, "at most 1,000 are expected")
    .optional(),
  maxCostUsd: z.number("US dollars are expected").min(0, "at least 0 is expected").optional(),
  next: z
    .custom<NonNullable<LoopOptions<unknown, unknown, unknown>["next"]>>(isFunction, "a function is expected")
    .optional(),
  mustPass: z.boolean("true or false is expected").optional(),
});

type CheckedLoop = z.infer<typeof loopOptions>;

/**
 * Runs a pipeline until a judge is content, and keeps the **best** round, which need not be the last. Every verdict is
 * in events and manifest. A round that fails ends the loop; what earlier rounds gave is kept.
 *
 * It yields what the pipeline does: where the judge is its last step, `pipeline.yields(name)` names another one.
 *
 * Errors: INVALID_OPTION, UNKNOWN_STEP; the step fails as the only round did, or with OUTPUT_INVALID under `mustPass`.
 *
 * @example
 * const draft = new Pipeline("draft", { input: z.object({ idea: z.string(), hint: z.string() }) })
 *   .step(google.chat, { name: "text", model: "gemini-2.5-pro", prompt: from("input", ({ idea, hint }) => `${idea} ${hint}`) });
 * .step(
 *   loop(draft, {
 *     judge: ({ value }) => ({ passed: value.length < 200, score: -value.length, feedback: "shorter" }),
 *     next: ({ input, verdict }) => ({ ...input, hint: verdict.feedback ?? "" }),
 *   }),
 *   { name: "slogan", input: { idea: "a boat", hint: "" } },
 * )
 */
export function loop<M extends Modality, A extends Modality, V, In, S>(
  body: PipelineBody<M, A, V, In, S>,
  options: LoopOptions<V, In, S>,
): CompositeNode<M, A, V, In> {
  if (typeof body !== "object" || body === null || !isDefinition(body.definition)) {
    const message = `loop(pipeline, options): a pipeline is expected; ${describeValue(body)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { definition } = body;
  const checked = checkOptions(loopOptions, options, "loop(pipeline, options)");
  assertJudgeFits(checked.judge, definition);
  const { maxRounds = DEFAULT_MAX_ROUNDS, mustPass = false, maxCostUsd, next } = checked;
  return typedNode({
    kind: "loop",
    yields: yieldsOf(definition),
    accepts: definition.accepts,
    bodies: { body: { definition } },
    options: { maxRounds, mustPass, ...(maxCostUsd === undefined ? {} : { maxCostUsd }) },
    functions: { judge: checked.judge, ...(next === undefined ? {} : { next }) },
    run: (context) => runRounds(context, checked, privateSources(definition).has("input")),
  });
}

/** Before a round is paid for that nobody can judge, or whose verdict would be taken for what was made. */
function assertJudgeFits(judge: unknown, { name, steps, yields }: PipelineDefinition): void {
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

interface JudgedRound {
  readonly round: LoopRound;
  readonly verdict: LoopVerdict;
  readonly score: number;
}

async function runRounds(context: NodeContext, options: CheckedLoop, isReadPrivately: boolean): Promise<NodeOutput> {
  const { maxRounds = DEFAULT_MAX_ROUNDS, mustPass = false } = options;
  const judged: JudgedRound[] = [];
  let { input } = context;
  let stoppedBy = "rounds";
  while (judged.length < maxRounds) {
    const place = { item: judged.length, take: judged.length };
    const outcome = await context.runBody("body", { ...place, input, assets: context.inputs });
    if (outcome.state !== "succeeded") {
      if (judged.length === 0) throw errorOf(outcome);
      stoppedBy = "failure";
      break;
    }
    const round = toRound(outcome, judged.length + 1);
    const verdict = await judge(context, options, round, isReadPrivately);
    judged.push({ round, verdict, score: verdict.score ?? Number(verdict.passed) });
    stoppedBy = verdict.passed ? "judge" : (overBudget(judged, options.maxCostUsd) ?? "rounds");
    if (stoppedBy !== "rounds") break;
    if (options.next !== undefined) input = options.next({ ...round, input, verdict });
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
    const message = `Step "${step}": no round of ${judged.length} passed. ${best.verdict.feedback ?? "Raise maxRounds, or ask for less."}`;
    throw new GenblazeError("OUTPUT_INVALID", message, { details: { step, rounds: judged.length } });
  }
  const evidence: JsonObject = { rounds: judged.length, best: best.round.round, passed, stoppedBy };
  return { assets: best.round.assets, value: best.round.value, evidence };
}

function toRound(outcome: BodyOutcome, round: number): LoopRound {
  const { assets, value, costUsd } = outcome;
  // Names and types of steps are known to the caller's compiler only.
  const read = ((name: string) => outcome.read(name)) as LoopRound["read"];
  return { round, assets, value, costUsd, read };
}

async function judge(
  context: NodeContext,
  { judge: ask }: CheckedLoop,
  round: LoopRound,
  isReadPrivately: boolean,
): Promise<LoopVerdict> {
  const { value } = await context.decide(`round ${round.round}`, async () => {
    const given: unknown = isReference(ask)
      ? ask.compute(...ask.sources.map((name) => round.read(name as never)))
      : await ask(round);
    const verdict = checkVerdict(context.step, given);
    const { passed, score, feedback } = verdict;
    const reason = feedback ?? (passed ? "the judge is content" : "the judge is not content");
    const words = { ...(score === undefined ? {} : { score }), ...(feedback === undefined ? {} : { feedback }) };
    // What the judge says is what the next round is told.
    const hides = isReadPrivately && feedback !== undefined ? [feedback] : [];
    return { value: { passed, ...words }, reason, hides };
  });
  // It is what `checkVerdict` has checked, or what the journal keeps of it.
  return value as unknown as LoopVerdict;
}

function checkVerdict(step: string, given: unknown): LoopVerdict {
  if (typeof given === "boolean") return { passed: given };
  const { passed, score, feedback } =
    typeof given === "object" && given !== null ? (given as Partial<LoopVerdict>) : {};
  const isScore = score === undefined || (typeof score === "number" && Number.isFinite(score));
  if (typeof passed === "boolean" && isScore && (feedback === undefined || typeof feedback === "string")) {
    return { passed, score, feedback: feedback?.toWellFormed() };
  }
  const message = `Step "${step}": a judge gives true, false or { passed, score, feedback }; ${describeValue(given)} came.`;
  throw new GenblazeError("REFERENCE_FAILED", message, { details: { step } });
}

/** Why no further round may begin for its price. */
function overBudget(judged: readonly JudgedRound[], maxCostUsd: number | undefined): string | undefined {
  if (maxCostUsd === undefined) return undefined;
  const costs = judged.map(({ round }) => round.costUsd);
  if (costs.some((cost) => cost === null)) return "unknown price";
  const known = costs.map((cost) => cost ?? 0);
  return sumUsd([...known, Math.max(...known)]) > maxCostUsd ? "budget" : undefined;
}
