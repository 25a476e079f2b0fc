import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { isDefinition } from "../pipeline/is-definition.js";
import { isReference, type Reference } from "../pipeline/reference.js";
import type { PipelineBody, ReferencedValue } from "../pipeline/scope.js";
import { privateSources } from "../privacy/private-parts.js";
import type { InputAsset } from "../provider/provider.js";
import type { CompositeNode } from "./composite-node.js";
import { describeBody } from "./describe-body.js";
import { assertJudgeFits } from "./loop-judge.js";
import { runRounds } from "./loop-rounds.js";
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
    .default(3),
  maxCostUsd: z.number("US dollars are expected").min(0, "at least 0 is expected").optional(),
  next: z
    .custom<NonNullable<LoopOptions<unknown, unknown, unknown>["next"]>>(isFunction, "a function is expected")
    .optional(),
  mustPass: z.boolean("true or false is expected").default(false),
});

/** The options of a loop whose body may be of any type, with the defaults. */
export type CheckedLoop = z.infer<typeof loopOptions> & {
  /** Whether private words are made of the input of a round, and so of what the judge says. */
  readonly isReadPrivately: boolean;
};

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
    const message = `loop(pipeline, options): a pipeline is expected; ${describeBody(body)}.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { definition } = body;
  const checked = checkOptions(loopOptions, options, "loop(pipeline, options)");
  assertJudgeFits(checked.judge, definition);
  const { maxRounds, mustPass, maxCostUsd, next } = checked;
  const isReadPrivately = privateSources(definition).has("input");
  return typedNode({
    kind: "loop",
    yields: yieldsOf(definition),
    accepts: definition.accepts,
    bodies: { body: { definition } },
    options: { maxRounds, mustPass, ...(maxCostUsd === undefined ? {} : { maxCostUsd }) },
    functions: { judge: checked.judge, ...(next === undefined ? {} : { next }) },
    run: (context) => runRounds(context, { ...checked, isReadPrivately }),
  });
}
