import type { Asset } from "../manifest/model.js";
import { assertAboveZero, assertRate } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingContext, PricingStrategy } from "./pricing-context.js";
import { toNumber } from "./to-number.js";

/**
 * So many dollars for every `per` characters of text given to the call: the prompt, or without one the sum of the
 * inputs' `metadata.char_count`. Characters are Unicode code points. Unknown when neither is there. INVALID_OPTION
 * for a bad rate.
 *
 * @param per - Characters that the rate buys. @default 1000
 */
export function perInputChars(rateUsd: number, per = 1000): PricingStrategy {
  assertRate(rateUsd, "perInputChars()");
  assertAboveZero(per, "perInputChars(): per");
  return (context) => {
    const characters = inputCharacters(context);
    if (characters === undefined) return unknownCost("there is no prompt, and no input says its char_count");
    // Divided first: so the last digits are those of the Python library.
    return toCost((characters / per) * rateUsd, "character", characters);
  };
}

function inputCharacters({ prompt, inputs }: PricingContext): number | undefined {
  if (prompt !== undefined && prompt !== "") return countCodePoints(prompt);
  return inputs.reduce(addCharacters, undefined);
}

function addCharacters(sum: number | undefined, { metadata }: Asset): number | undefined {
  const count = toNumber(metadata.char_count);
  return count === undefined ? sum : (sum ?? 0) + count;
}

function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
