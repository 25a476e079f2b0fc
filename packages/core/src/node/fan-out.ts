import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import type { JoinPolicy } from "../pipeline/definition.js";
import { type Arm, type ArmAccepts, type ArmsInput, type ArmValue, type ArmYields, describeArms } from "./arms.js";
import type { CompositeNode } from "./composite-node.js";
import { assertEnough, checkJoin } from "./join.js";
import { runAll } from "./run-all.js";
import { typedNode } from "./typed-node.js";

/** What {@link fanOut} takes besides its arms. */
export interface FanOutOptions {
  /** How many arms must succeed; the others' failures are in the step's `parts`. @default "all" */
  readonly join?: JoinPolicy | undefined;
  /** How many arms run at the same time at most. @default all */
  readonly concurrency?: number | undefined;
}

const fanOutOptions = z.strictObject({
  join: z.unknown().optional(),
  concurrency: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
});

/**
 * One step at several models at once: every arm gets the prompt, the parameters and the inputs of the step. One that
 * fails does not stop the others; what succeeded is there in any case, in the step's `parts`. It yields what the arms
 * gave, in their order.
 *
 * Errors: INVALID_OPTION, WRONG_MODALITY (arms that yield different kinds).
 *
 * @example
 * .step(
 *   fanOut({ kling: { provider: gmi.video, model: "Kling-Image2Video-V2.1-Master" }, wan: { provider: gmi.video, model: "wan2.6-i2v" } },
 *     { join: "any" }),
 *   { name: "clips", prompt: "...", inputs: { firstFrame: "frame" } },
 * )
 */
export function fanOut<const Arms extends Readonly<Record<string, Arm>>>(
  arms: Arms,
  options: FanOutOptions = {},
): CompositeNode<
  ArmYields<Arms[keyof Arms]>,
  ArmAccepts<Arms[keyof Arms]>,
  readonly ArmValue<Arms[keyof Arms]>[],
  ArmsInput<Arms>
> {
  const facts = describeArms(arms, "fanOut(arms, options)");
  const { join: given, concurrency } = checkOptions(fanOutOptions, options, "fanOut(arms, options)");
  const join = checkJoin(given, "fanOut(arms, options)");
  return typedNode({
    kind: "fan-out",
    ...facts,
    options: { join, ...(concurrency === undefined ? {} : { concurrency }) },
    async run({ step, bodies, input, inputs, runBody }) {
      const calls = bodies.map((body) => () => runBody(body, { input, assets: inputs }));
      const outcomes = await runAll(calls, concurrency);
      assertEnough(outcomes, join, step, "arms");
      const good = outcomes.filter(({ state }) => state === "succeeded");
      const names = bodies.filter((_, place) => outcomes[place]?.state === "succeeded");
      return {
        assets: good.flatMap(({ assets }) => assets),
        value: good.map(({ value }) => value),
        evidence: { arms: bodies.length, succeeded: names },
      };
    },
  });
}
