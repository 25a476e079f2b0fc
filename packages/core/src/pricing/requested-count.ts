import type { JsonObject } from "../json/json-value.js";
import { isPossibleCount } from "./expected-assets.js";
import { toNumber } from "./to-number.js";

/**
 * The names under which a number of outputs is asked for. OpenAI: `n`. Google: `numberOfImages`, `numberOfVideos`,
 * `sampleCount`. Replicate: `num_outputs`. fal: `num_images`.
 */
const COUNT_PARAMS = [
  "count",
  "n",
  "numImages",
  "num_images",
  "numOutputs",
  "num_outputs",
  "numberOfImages",
  "number_of_images",
  "numberOfVideos",
  "number_of_videos",
  "sampleCount",
  "sample_count",
];

/**
 * How many assets the parameters ask for: the largest number that they name, 1 when they name none; undefined when one
 * is no whole number from 1 to 10,000.
 */
export function requestedCount(params: JsonObject): number | undefined {
  let most = 1;
  for (const name of COUNT_PARAMS) {
    const value = params[name] ?? null;
    if (value === null) continue;
    const count = toNumber(value);
    if (!isPossibleCount(count)) return undefined;
    most = Math.max(most, count);
  }
  return most;
}
