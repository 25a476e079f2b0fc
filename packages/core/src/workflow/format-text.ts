import { type FormatSpec, problem } from "./format-spec.js";
import { fillOf, padText } from "./pad.js";

/**
 * A text under a format spec, as Python's `str.__format__`: lengths are in code points.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` for a spec that is not for texts
 */
export function formatText(text: string, spec: FormatSpec, field: string): string {
  const { type, align = "<" } = spec;
  if (type !== "" && type !== "s") throw problem(field, `the type "${type}" is for numbers, and the value is a text`);
  if (spec.sign !== undefined || spec.isAlternate || spec.noNegativeZero || spec.separator !== undefined) {
    throw problem(field, "a sign, z, #, comma and underscore are for numbers, and the value is a text");
  }
  if (align === "=") throw problem(field, 'the alignment "=" is for numbers, and the value is a text');
  const cut = spec.precision === undefined ? text : firstOf(text, spec.precision);
  return padText(cut, spec.width, fillOf(spec), align);
}

function firstOf(text: string, count: number): string {
  let end = 0;
  let taken = 0;
  for (const character of text) {
    if (taken === count) break;
    taken += 1;
    end += character.length;
  }
  return text.slice(0, end);
}
