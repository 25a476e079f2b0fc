import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Modality, Step } from "../manifest/model.js";
import type { CompositeNode } from "../node/composite-node.js";
import { from, type Reference } from "../pipeline/reference.js";
import { isNodeRecord, isObject } from "./own-metadata.js";

/** Every kind of asset. */
export const ANY_KIND: readonly Modality[] = ["image", "video", "audio", "text"];

/** Whether a recorded step was left out by choice: an arm that was not taken, a condition that was not met. */
export function isLeftOut({ metadata: { state, reason } }: Step): boolean {
  return state === "skipped" && typeof reason === "string";
}

/** A condition that leaves a step out for the recorded reason. */
export function leftOut({ metadata: { reason } }: Step): Reference {
  // Nothing is read, so that no name is needed.
  return {
    ...from<Readonly<Record<string, never>>, string, boolean>("", () => false),
    sources: [],
    reason: String(reason),
  };
}

/**
 * A node that decides what a recorded one decided. What ran inside that one are steps of their own in a replay, and
 * those that took what it yields take it from them.
 */
export function recordedNode(step: Step): CompositeNode {
  const { decisions, evidence, answer } = step.metadata;
  return {
    kind: step.model,
    yields: step.modality,
    accepts: ANY_KIND,
    bodies: {},
    async run(context) {
      for (const [name, decision] of Object.entries(isObject(decisions) ? decisions : {})) {
        if (isDecision(decision)) await context.decide(name, () => decision);
      }
      if (answer !== undefined) await context.waitForAnswer({});
      return { evidence: isObject(evidence) ? evidence : {} };
    },
  };
}

/** The answers that recorded steps got, by the names of their steps; given again without anybody being asked. */
export function recordedAnswers(steps: readonly Step[], names: readonly string[]): Readonly<Record<string, JsonValue>> {
  const answers = steps.map((step, index): [string, JsonValue | undefined] => [
    names[index] ?? "",
    isNodeRecord(step) ? step.metadata.answer : undefined,
  ]);
  // What is undefined was taken out.
  return Object.fromEntries(answers.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

function isDecision(value: JsonValue): value is JsonObject & { readonly value: JsonValue; readonly reason: string } {
  return isObject(value) && "value" in value && typeof value.reason === "string";
}
