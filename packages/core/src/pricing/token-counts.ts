import type { JsonObject, JsonValue } from "../json/json-value.js";
import { toNumber } from "./to-number.js";

/**
 * The names under which providers count tokens; the numbers of one list are added, the first list with a number
 * counts. OpenAI: usage of chat completions and of responses. Google: `usageMetadata`, where thoughts are billed as
 * output. The Python library: `tokens_in`, `tokens_out`.
 */
const INPUT_NAMES = [["inputTokens"], ["input_tokens"], ["prompt_tokens"], ["promptTokenCount"], ["tokens_in"]];
const OUTPUT_NAMES = [
  ["outputTokens"],
  ["output_tokens"],
  ["completion_tokens"],
  ["candidatesTokenCount", "thoughtsTokenCount"],
  ["tokens_out"],
];

/** Tokens that the provider read, as `payload.usage`, `payload.usageMetadata` or the payload itself says. */
export function inputTokens(payload: JsonObject): number | undefined {
  return tokensOf(payload, INPUT_NAMES);
}

/** Tokens that the provider wrote. */
export function outputTokens(payload: JsonObject): number | undefined {
  return tokensOf(payload, OUTPUT_NAMES);
}

function tokensOf(payload: JsonObject, names: readonly (readonly string[])[]): number | undefined {
  for (const usage of [payload.usage, payload.usageMetadata, payload]) {
    if (!isObject(usage)) continue;
    for (const added of names) {
      const counts = added.flatMap((name) => toNumber(usage[name]) ?? []);
      if (counts.length > 0) return counts.reduce((sum, count) => sum + count, 0);
    }
  }
  return undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
