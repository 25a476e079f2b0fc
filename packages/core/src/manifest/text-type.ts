import { canonicalString } from "../json/canonical-string.js";
import type { WireType } from "./wire-type.js";

/** A text; numbers are never turned into one. */
export const textType: WireType<string> = {
  expected: "a text",
  read: (value) => (typeof value === "string" ? value : undefined),
  write: (value) => canonicalString(value),
};

/** One of a few fixed ASCII texts, case-sensitive. */
export function choiceType<Choice extends string>(choices: readonly Choice[]): WireType<Choice> {
  return {
    expected: `one of ${choices.join(", ")}`,
    read: (value) => choices.find((choice) => choice === value),
    write: (value) => `"${value}"`,
  };
}
