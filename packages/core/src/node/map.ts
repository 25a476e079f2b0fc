import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import type { JoinPolicy } from "../pipeline/definition.js";
import { isDefinition } from "../pipeline/is-definition.js";
import type { PipelineBody } from "../pipeline/scope.js";
import type { BodyCall, CompositeNode, NodeContext } from "./composite-node.js";
import { describeBody } from "./describe-body.js";
import { assertEnough, checkJoin } from "./join.js";
import { runAll } from "./run-all.js";
import { typedNode } from "./typed-node.js";
import { yieldsOf } from "./yields-of.js";

/** What {@link map} takes besides its body. */
export interface MapOptions {
  /** How many items run at the same time at most. @default no limit of its own */
  readonly concurrency?: number | undefined;
  /** How many items must succeed; the others' failures are in the step's `parts`. @default "all" */
  readonly join?: JoinPolicy | undefined;
  /** More items are refused before any of them runs. @default 1_000 */
  readonly maxItems?: number | undefined;
}

const DEFAULT_MAX_ITEMS = 1_000;

const mapOptions = z.strictObject({
  concurrency: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
  join: z.unknown().optional(),
  maxItems: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(100_000, "at most 100,000 are expected")
    .optional(),
});

/** The `input` of a step that maps: one entry for each item; none for a body that works on assets alone. */
export type MapInput<In> = undefined extends In ? readonly In[] | undefined : readonly In[];

/**
 * Runs a pipeline for each item: of the list that the step's `input` gives, each read by `from("input", ...)`; or,
 * without an `input`, of the assets that the step's `inputs` bring, each taken by `inputs: ["input"]`. With both,
 * every item is given all assets. What it yields, and the values that `from(...)` reads, are in the order of the
 * items, those that failed left out.
 *
 * Errors: INVALID_OPTION; the step fails with INPUT_INVALID for an `input` that is no list or too long.
 *
 * @example
 * const shot = new Pipeline("shot", { input: Scene })
 *   .step(gmi.image, { name: "frame", model: "seedream-5.0-lite", prompt: from("input", (scene) => scene.picture) })
 *   .step(gmi.video, { name: "clip", model: "wan2.6-i2v", inputs: { firstFrame: "frame" } });
 * film.step(map(shot, { concurrency: 3 }), { name: "shots", input: from("story", (story) => story.scenes) });
 */
export function map<M extends Modality, A extends Modality, V, In>(
  body: PipelineBody<M, A, V, In>,
  options: MapOptions = {},
): CompositeNode<M, A, readonly V[], MapInput<In>> {
  if (typeof body !== "object" || body === null || !isDefinition(body.definition)) {
    const message = `map(pipeline, options): a pipeline is expected; ${describeBody(body)}.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { definition } = body;
  const {
    concurrency,
    join: given,
    maxItems = DEFAULT_MAX_ITEMS,
  } = checkOptions(mapOptions, options, "map(pipeline, options)");
  const join = checkJoin(given, "map(pipeline, options)");
  return typedNode({
    kind: "map",
    yields: yieldsOf(definition),
    accepts: definition.accepts,
    bodies: { body: { definition } },
    options: { join, maxItems, ...(concurrency === undefined ? {} : { concurrency }) },
    async run(context) {
      const items = itemsOf(context, maxItems);
      const calls = items.map((item) => () => context.runBody("body", item));
      const outcomes = await runAll(calls, concurrency);
      assertEnough(outcomes, join, context.step, "items");
      const good = outcomes.filter(({ state }) => state === "succeeded");
      return {
        assets: good.flatMap(({ assets }) => assets),
        value: good.map(({ value }) => value),
        evidence: { items: items.length, succeeded: good.length },
      };
    },
  });
}

function itemsOf({ step, input, inputs }: NodeContext, maxItems: number): readonly BodyCall[] {
  const items: unknown = input === undefined && inputs.length > 0 ? inputs : input;
  if (!Array.isArray(items) || items.length > maxItems) {
    const came = Array.isArray(items) ? `a list of ${items.length}` : describeValue(items);
    const message = `Step "${step}": a list of at most ${maxItems} items is expected as its input, or assets as its inputs; ${came} came. Raise maxItems for longer lists.`;
    throw new GenblazeError("INPUT_INVALID", message, { details: { step } });
  }
  if (input === undefined) return inputs.map((asset, item) => ({ item, assets: [asset] }));
  return items.map((each: unknown, item) => ({ item, input: each, assets: inputs }));
}
