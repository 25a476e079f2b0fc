import type { JsonInput } from "../json/json-input.js";
import { isObject, objectOf } from "./wire-values.js";

/**
 * Whether a field of a step or a run (by its wire names) is private: prompts and named parameters of steps that are
 * not public, also where the Python library leaves them in the clear, and whatever stands for them.
 */
export function isHidden(owner: JsonInput | undefined, [first, second, third]: readonly string[]): boolean {
  const { prompt_visibility: visibility, metadata } = objectOf(owner);
  const named = objectOf(metadata).private;
  if (first === "metadata" && second === "private") return isObject(named) && "scheme" in named;
  if (visibility === undefined || visibility === "public") return false;
  if (first === "prompt" || first === "negative_prompt") return true;
  if (first === "params" && second !== undefined) return namesParam(objectOf(named).params, second);
  // A text that answers a private prompt may repeat it.
  return first === "assets" && third === "metadata";
}

function namesParam(params: JsonInput | undefined, name: string): boolean {
  return Array.isArray(params) ? params.includes(name) : Object.hasOwn(objectOf(params), name);
}
