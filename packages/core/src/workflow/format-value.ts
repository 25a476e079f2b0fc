import { assertNever } from "../internal/assert-never.js";
import { describeValue } from "../options/describe-value.js";
import { formatFloat, reprOfFloat } from "./format-float.js";
import { formatInteger } from "./format-integer.js";
import { problem } from "./format-spec.js";
import { formatText } from "./format-text.js";
import type { TemplateField } from "./parse-template.js";
import { reprOfText } from "./python-repr.js";
import { type KindOfValue, kindOfValue } from "./template-value.js";

/**
 * A value in its field, as Python's `str.format` renders it.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` for a value or a spec that do not go together
 */
export function formatValue(given: unknown, { name, source, conversion, spec }: TemplateField): string {
  const value = kindOfValue(given);
  if (value === undefined) {
    const expected = "a text, a number, true, false or null is expected";
    throw problem(source, `${expected} for "${name}"; ${describeValue(given)} was given`);
  }
  const text = conversion === undefined ? undefined : convert(value, conversion);
  if (spec === undefined) return text ?? plainText(value);
  if (text !== undefined) return formatText(text, spec, source);
  switch (value.kind) {
    case "text":
      return formatText(value.text, spec, source);
    case "integer":
      return formatInteger(value.integer, spec, source);
    case "boolean":
      // Python's booleans are the integers 1 and 0.
      return formatInteger(value.truth ? 1n : 0n, spec, source);
    case "float":
      if (spec.type !== "" && "sdboxXc".includes(spec.type)) {
        throw problem(source, `the type "${spec.type}" is not for floats, and the value is one`);
      }
      return formatFloat(value.float, spec);
    case "none":
      throw problem(source, "null takes no format spec; use !s before it");
    default:
      return assertNever(value);
  }
}

function convert(value: KindOfValue, conversion: "s" | "r" | "a"): string {
  if (value.kind !== "text" || conversion === "s") return plainText(value);
  return reprOfText(value.text, conversion === "a");
}

/** Python's `str`. */
function plainText(value: KindOfValue): string {
  switch (value.kind) {
    case "text":
      return value.text;
    case "integer":
      return String(value.integer);
    case "boolean":
      return value.truth ? "True" : "False";
    case "float":
      return reprOfFloat(value.float);
    case "none":
      return "None";
    default:
      return assertNever(value);
  }
}
