import { formatFloat, signOf } from "./format-float.js";
import { type FormatSpec, problem } from "./format-spec.js";
import { padNumber } from "./pad.js";

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };
const MAX_CODE_POINT = 0x10ffffn;
const FIRST_SURROGATE = 0xd800n;
const LAST_SURROGATE = 0xdfffn;

/**
 * An integer under a format spec, as Python's `int.__format__`.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` for a spec that is not for integers
 */
export function formatInteger(value: bigint, spec: FormatSpec, field: string): string {
  const { type } = spec;
  if (type === "s") throw problem(field, 'the type "s" is for texts, and the value is a number');
  if (type !== "" && "eEfFgG%".includes(type)) return formatFloat(toFloat(value, field), spec);
  if (spec.precision !== undefined) throw problem(field, "an integer has no precision; give the type, like .2f");
  if (spec.noNegativeZero) throw problem(field, 'the "z" is for floats, and the value is an integer');
  if (type === "c") return formatCharacter(value, spec, field);
  const magnitude = (value < 0n ? -value : value).toString(RADIX[type] ?? 10);
  return padNumber(spec, {
    sign: value < 0n ? "-" : signOf(spec),
    prefix: spec.isAlternate && type in RADIX ? `0${type}` : "",
    digits: type === "X" ? magnitude.toUpperCase() : magnitude,
    rest: "",
  });
}

function toFloat(value: bigint, field: string): number {
  const float = Number(value);
  if (Number.isFinite(float)) return float;
  throw problem(field, "the integer is too large for a float");
}

function formatCharacter(value: bigint, spec: FormatSpec, field: string): string {
  if (spec.sign !== undefined || spec.isAlternate) throw problem(field, 'the type "c" takes neither a sign nor "#"');
  const isSurrogate = value >= FIRST_SURROGATE && value <= LAST_SURROGATE;
  if (value < 0n || value > MAX_CODE_POINT || isSurrogate) throw problem(field, "the value is no code point");
  return padNumber(spec, { sign: "", prefix: "", digits: "", rest: String.fromCodePoint(Number(value)) });
}
