import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonObject } from "../json/json-value.js";
import { callTheirs, functionOf } from "../options/call-theirs.js";
import { describeValue } from "../options/describe-value.js";
import type { InputAsset } from "../provider/provider.js";
import { type Arm, type ArmAccepts, type ArmsInput, type ArmValue, type ArmYields, describeArms } from "./arms.js";
import type { CompositeNode, Decision, NodeContext, NodeOutput } from "./composite-node.js";
import { outputOf } from "./output-of.js";
import { typedNode } from "./typed-node.js";

/** What a route chooses by. */
export interface RouteRequest<Input = unknown> {
  /** The step's option `input`, resolved. */
  readonly input: Input;
  /** The step's prompt, resolved; empty without one. */
  readonly prompt: string;
  readonly params: JsonObject;
  /** The assets that the step takes. */
  readonly inputs: readonly InputAsset[];
}

/** The arm to take, alone or with the reason that people and the manifest shall read. */
export type RouteChoice<Name extends string> = Name | { readonly arm: Name; readonly reason: string };

/**
 * One of several arms, chosen when its inputs are there: by the length of the prompt, by what is in the inputs, by
 * price. The choice and its reason are in events and manifest; the other arms are recorded as skipped.
 *
 * `choose` is given a name of its own, or a reason, so that records can say why. Errors: INVALID_OPTION,
 * WRONG_MODALITY; a choice of no arm fails the step with REFERENCE_FAILED.
 *
 * @example
 * .step(
 *   route(
 *     { fast: { provider: gmi.image, model: "seedream-5.0-lite" }, fine: { provider: openai.image, model: "gpt-image-1" } },
 *     function byLength({ prompt }) {
 *       return prompt.length > 200 ? "fine" : "fast";
 *     },
 *   ),
 *   { name: "frame", prompt: from("story", (story) => story.picture) },
 * )
 */
export function route<const Arms extends Readonly<Record<string, Arm>>, Input = ArmsInput<Arms>>(
  arms: Arms,
  choose: (
    request: RouteRequest<Input>,
  ) => RouteChoice<keyof Arms & string> | Promise<RouteChoice<keyof Arms & string>>,
): CompositeNode<ArmYields<Arms[keyof Arms]>, ArmAccepts<Arms[keyof Arms]>, ArmValue<Arms[keyof Arms]>, Input> {
  if (typeof choose !== "function") {
    const message = `route(arms, choose): a function that gives an arm's name is expected; ${describeValue(choose)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const facts = describeArms(arms, "route(arms, choose)");
  const label = choose.name;
  return typedNode({
    kind: "route",
    ...facts,
    options: {},
    functions: { choose },
    async run(context) {
      const { value } = await context.decide("arm", async () => {
        const request = requestOf<Input>(context);
        const choice = await callTheirs(functionOf(context.step, "choose"), () => choose(request));
        return toDecision(context, choice, label);
      });
      return takeArm(context, value);
    },
  });
}

/** Runs one arm, and records that the others are not run. */
export async function takeArm(context: NodeContext, arm: string): Promise<NodeOutput> {
  for (const other of context.bodies) {
    if (other !== arm) await context.skipBody(other, `${context.step} took "${arm}".`);
  }
  return outputOf(await context.runBody(arm, { input: context.input, assets: context.inputs }));
}

/** What the functions of nodes with arms choose by. */
export function requestOf<Input>({ input, prompt = "", params, inputs }: NodeContext): RouteRequest<Input> {
  // The type of the step's option `input` was checked by the compiler where the node became a step.
  return { input: input as Input, prompt, params, inputs };
}

function toDecision({ step, bodies }: NodeContext, choice: unknown, label: string): Decision<string> {
  const isObject = typeof choice === "object" && choice !== null;
  const arm: unknown = isObject ? Reflect.get(choice, "arm") : choice;
  const reason: unknown = isObject ? Reflect.get(choice, "reason") : undefined;
  if (typeof arm !== "string" || !bodies.includes(arm)) {
    const came = typeof arm === "string" ? `"${arm}"` : describeValue(arm);
    const hint = typeof arm === "string" ? didYouMean(arm, bodies) : "";
    const message = `Step "${step}": its route chose ${came}, which is no arm.${hint} It has: ${bodies.join(", ")}.`;
    throw new GenblazeError("REFERENCE_FAILED", message, { details: { step } });
  }
  const why =
    typeof reason === "string" && reason !== "" ? reason : `${label === "" ? "its function" : label} chose it`;
  return { value: arm, reason: why };
}
