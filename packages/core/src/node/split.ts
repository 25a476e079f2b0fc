import { GenblazeError } from "../errors/genblaze-error.js";
import { hashText } from "../json/hash-text.js";
import { callTheirs, functionOf } from "../options/call-theirs.js";
import { describeValue } from "../options/describe-value.js";
import { type Arm, type ArmAccepts, type ArmsInput, type ArmValue, type ArmYields, describeArms } from "./arms.js";
import type { CompositeNode, NodeContext } from "./composite-node.js";
import { type RouteRequest, requestOf, takeArm } from "./route.js";
import { typedNode } from "./typed-node.js";

/** What {@link split} takes besides its arms. */
export interface SplitOptions<Arms, Input = unknown> {
  /** How much of the traffic each arm gets; they need not sum up to anything. */
  readonly weights: { readonly [Name in keyof Arms]: number };
  /** What keeps one user, order or sentence on one arm. @default the id of the run, so that every run is new */
  readonly key?: (request: RouteRequest<Input>) => string;
  /** Another salt deals the keys anew; two splits with one salt deal them alike. @default the step's name */
  readonly salt?: string;
}

/** Keys fall into so many buckets. */
export const SPLIT_BUCKETS = 10_000;

/**
 * One of several arms by weight, sticky by key: an A/B test. The same key gets the same arm in every run and process,
 * and when weights are shifted only as many keys move as the shift needs, from arms that lose to those that gain at
 * the border between them. The bucket of a key is `SHA-256(key + salt) mod 10 000`, the first 13 hex digits of it.
 *
 * Errors: INVALID_OPTION for weights that are no numbers from 0, or all 0.
 *
 * @example
 * split({ now: { provider: gmi.video, model: "wan2.6-i2v" }, next: { provider: gmi.video, model: "wan2.7-i2v" } },
 *   { weights: { now: 90, next: 10 }, key: ({ input }: RouteRequest<{ userId: string }>) => input.userId })
 */
export function split<const Arms extends Readonly<Record<string, Arm>>, Input = ArmsInput<Arms>>(
  arms: Arms,
  options: SplitOptions<Arms, Input>,
): CompositeNode<ArmYields<Arms[keyof Arms]>, ArmAccepts<Arms[keyof Arms]>, ArmValue<Arms[keyof Arms]>, Input> {
  const facts = describeArms(arms, "split(arms, options)");
  const weights = checkWeights(Object.keys(facts.bodies), options);
  const { key, salt } = options;
  return typedNode({
    kind: "split",
    ...facts,
    options: { weights: Object.fromEntries(weights), ...(salt === undefined ? {} : { salt }) },
    functions: key === undefined ? {} : { key },
    async run(context) {
      const { value } = await context.decide("arm", async () => {
        const bucket = bucketOf(key === undefined ? context.runId : await keyFor(context, key), salt ?? context.step);
        return { value: armOfBucket(weights, bucket), reason: `bucket ${bucket} of ${SPLIT_BUCKETS}` };
      });
      return takeArm(context, value);
    },
  });
}

/** The bucket of a key, from 0 to 9 999. */
export function bucketOf(key: string, salt: string): number {
  return Number.parseInt(hashText(`${key}${salt}`).slice(0, 13), 16) % SPLIT_BUCKETS;
}

/** The arm that a bucket falls into; arms lie side by side in their order. */
export function armOfBucket(weights: readonly (readonly [string, number])[], bucket: number): string {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let upTo = 0;
  for (const [name, weight] of weights) {
    upTo += weight;
    if (bucket < Math.round((upTo / total) * SPLIT_BUCKETS)) return name;
  }
  return weights.findLast(([, weight]) => weight > 0)?.[0] ?? "";
}

/** The weights in the order of the arms. */
function checkWeights(names: readonly string[], options: unknown): readonly (readonly [string, number])[] {
  const given: unknown = typeof options === "object" && options !== null ? Reflect.get(options, "weights") : undefined;
  const weights = typeof given === "object" && given !== null ? given : {};
  const wrong = Object.keys(weights).find((name) => !names.includes(name));
  if (wrong !== undefined) throw badWeights(`"${wrong}" is no arm`);
  const checked = names.map((name): [string, number] => {
    const weight: unknown = Reflect.get(weights, name);
    if (typeof weight === "number" && Number.isFinite(weight) && weight >= 0) return [name, weight];
    throw badWeights(`"${name}" has ${describeValue(weight)}`);
  });
  if (checked.every(([, weight]) => weight === 0)) throw badWeights("all are 0");
  return checked;
}

function badWeights(what: string): GenblazeError {
  return new GenblazeError(
    "INVALID_OPTION",
    `split(arms, { weights }): a number from 0 for each arm is expected, but ${what}.`,
  );
}

async function keyFor<Input>(context: NodeContext, key: (request: RouteRequest<Input>) => string): Promise<string> {
  const { step } = context;
  const request = requestOf<Input>(context);
  const given: unknown = await callTheirs(functionOf(step, "key"), () => key(request));
  if (typeof given === "string") return given;
  const message = `Step "${step}": the function key of its split must give a text, but gave ${describeValue(given)}.`;
  throw new GenblazeError("REFERENCE_FAILED", message, { details: { step } });
}
