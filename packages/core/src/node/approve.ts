import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { quoteValue } from "../options/describe-value.js";
import { timeoutMs } from "../pipeline/option-schemas.js";
import type { InputAsset } from "../provider/provider.js";
import type { CompositeNode, NodeContext, NodeOutput } from "./composite-node.js";
import { typedNode } from "./typed-node.js";

/** What an approval is answered with. */
export interface Approval {
  readonly approved: boolean;
  /** Which of the inputs go on, by their places from 0. @default all */
  readonly choose?: readonly number[];
  /** Who decided. */
  readonly by?: string;
  readonly note?: string;
}

/** What {@link approve} takes. */
export interface ApproveOptions<M extends Modality> {
  /** The kind of its inputs, which it hands on. @default "image" */
  readonly passes?: M | undefined;
  /** What people are asked. @default "Approve?" */
  readonly question?: string | undefined;
  /** How long an answer may take, from when it was first asked for, in milliseconds. @default any time */
  readonly timeoutMs?: number | undefined;
  /** What happens when nobody has answered by then. @default "reject": the step fails with TIMED_OUT */
  readonly onTimeout?: "approve" | "reject" | undefined;
}

const approveOptions = z.strictObject({
  passes: z.enum(["image", "video", "audio", "text"], "a kind of asset is expected").default("image"),
  question: z.string("a text is expected").default("Approve?"),
  timeoutMs: timeoutMs.optional(),
  onTimeout: z.enum(["approve", "reject"], `"approve" or "reject" is expected`).default("reject"),
});

type CheckedApprove = z.infer<typeof approveOptions>;

const approval = z.strictObject({
  approved: z.boolean(),
  choose: z.array(z.int().min(0)).optional(),
  by: z.string().optional(),
  note: z.string().optional(),
});

/**
 * A gate that somebody opens: the run rests as `waiting` until it has an {@link Approval}, and hands on the inputs
 * that were chosen. The answer is in events and manifest. Answers come with `result.resume({ answers: { name: { approved:
 * true } } })`, or from the run's `onWaiting`. The step fails with NOT_APPROVED, or with TIMED_OUT.
 *
 * @example
 * .step(approve({ question: "Which frame shall move?", timeoutMs: 86_400_000 }), { name: "chosen", inputs: ["frames"] })
 */
export function approve<const M extends Modality = "image">(
  options: ApproveOptions<M> = {},
): CompositeNode<M, M, undefined, undefined> {
  const checked = checkOptions(approveOptions, options, "approve(options)");
  const { passes, question, onTimeout, timeoutMs: limitMs } = checked;
  return typedNode({
    kind: "approve",
    yields: passes,
    accepts: [passes],
    bodies: {},
    options: { passes, question, onTimeout, ...(limitMs === undefined ? {} : { timeoutMs: limitMs }) },
    async run(context) {
      return handOn(context, await ask(context, checked));
    },
  });
}

async function ask(context: NodeContext, options: CheckedApprove): Promise<JsonValue> {
  const { question, timeoutMs, onTimeout } = options;
  try {
    return await context.waitForAnswer(questionOf(context, question), { timeoutMs });
  } catch (thrown) {
    if (onTimeout === "reject" || !GenblazeError.isInstance(thrown) || thrown.code !== "TIMED_OUT") throw thrown;
    const reason = `nobody answered within ${timeoutMs} ms, and the gate opens by itself then`;
    return (await context.decide("answer", () => ({ value: { approved: true }, reason }))).value;
  }
}

/** Enough to show what is asked about; the bytes are where the run keeps them. */
function questionOf({ inputs }: NodeContext, question: string): JsonObject {
  const choices = inputs.map(({ step, asset: { assetId, mediaType, sha256 } }) => ({
    step,
    assetId,
    mediaType,
    sha256,
  }));
  return { question, choices };
}

function handOn({ step, inputs }: NodeContext, answer: JsonValue): NodeOutput {
  const verdict = approval.safeParse(answer);
  if (!verdict.success) {
    const came = unknownKey(verdict.error) ?? "something else came.";
    const message = `Step "${step}": an approval is { approved: true } or { approved: false }, with choose, by and note; ${came}`;
    throw new GenblazeError("INVALID_OPTION", message, { details: { step } });
  }
  const { approved, choose, by, note } = verdict.data;
  if (!approved) {
    const who = by === undefined ? "Whoever was asked" : by;
    const message = `Step "${step}": ${who} did not approve.${note === undefined ? "" : ` ${note}`}`;
    throw new GenblazeError("NOT_APPROVED", message, { details: { step } });
  }
  return { assets: choose === undefined ? inputs : choose.map((place) => chosen(step, inputs, place)) };
}

/** A misspelt key says more than that the right one is missing. */
function unknownKey({ issues }: z.ZodError): string | undefined {
  const [key] = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  if (key === undefined) return undefined;
  return `${quoteValue(key)} is none of them.${didYouMean(key, Object.keys(approval.shape))}`;
}

function chosen(step: string, inputs: readonly InputAsset[], place: number): InputAsset {
  const input = inputs[place];
  if (input !== undefined) return input;
  const last = inputs.length - 1;
  const there = last < 0 ? "are no inputs" : last === 0 ? "is 1 input: 0" : `are ${inputs.length} inputs: 0 to ${last}`;
  const message = `Step "${step}": the approval chose ${place}, but there ${there}.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step } });
}
