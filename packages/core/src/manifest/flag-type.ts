import { isJsonFloat } from "../json/json-float.js";
import type { WireType } from "./wire-type.js";

const TRUE_TEXTS: readonly string[] = ["true", "t", "yes", "y", "on", "1"];
const FALSE_TEXTS: readonly string[] = ["false", "f", "no", "n", "off", "0"];

/** A boolean. */
export const flagType: WireType<boolean> = {
  expected: "true or false",
  read: (value, context) => {
    if (typeof value === "boolean") return value;
    return context.source === "wire" ? readLeniently(value) : undefined;
  },
  write: (value) => String(value),
};

function readLeniently(value: unknown): boolean | undefined {
  if (typeof value === "string") {
    const text = value.toLowerCase();
    return TRUE_TEXTS.includes(text) ? true : FALSE_TEXTS.includes(text) ? false : undefined;
  }
  const number = isJsonFloat(value) ? value.value : value;
  return number === 1 ? true : number === 0 ? false : undefined;
}
