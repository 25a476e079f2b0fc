import { templateProblem } from "./template-problem.js";

export type Align = "<" | ">" | "=" | "^";

/** What stands behind the colon of a field. */
export interface FormatSpec {
  /** One code point. */
  readonly fill: string | undefined;
  readonly align: Align | undefined;
  readonly sign: "+" | "-" | " " | undefined;
  /** Whether a negative zero loses its sign. */
  readonly noNegativeZero: boolean;
  readonly isAlternate: boolean;
  /** Whether the width began with a 0. */
  readonly isZeroPadded: boolean;
  /** In code points; 0 when none was given. */
  readonly width: number;
  readonly separator: "," | "_" | undefined;
  readonly precision: number | undefined;
  /** One of {@link TYPES}, or "" when none was given. */
  readonly type: string;
}

/** The largest width and precision: a template is data, and must not ask for gigabytes. */
const MAX_WIDTH = 10_000;

const TYPES = "sdboxXceEfFgG%";
const HAS_ALIGN = /^(?:(.)([<>=^])|([<>=^]))/su;
const REST = /^([-+ ])?(z)?(#)?(0)?(\d*)([,_])?(?:\.(\d+))?(.?)$/su;

/**
 * The format spec of Python's `format()` (its "Format Specification Mini-Language"), without `n`, which depends on the
 * machine's locale.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` naming the field
 */
export function parseFormatSpec(text: string, field: string): FormatSpec {
  const [whole = "", fill, alignBehindFill, align] = HAS_ALIGN.exec(text) ?? [];
  const groups = REST.exec(text.slice(whole.length));
  if (groups === null) throw problem(field, `the format spec ${shown(text)} is not one of Python's`);
  const [, sign, z, alternate, zero, digits = "", separator, precision, type = ""] = groups;
  // A 0 behind a given fill is the first digit of the width, as the others.
  const isZeroPadded = zero !== undefined && fill === undefined;
  const spec: FormatSpec = {
    fill,
    align: toAlign(alignBehindFill ?? align),
    sign: toSign(sign),
    noNegativeZero: z !== undefined,
    isAlternate: alternate !== undefined,
    isZeroPadded,
    width: digits === "" ? 0 : toLength(digits, "width", field),
    separator: separator === "," || separator === "_" ? separator : undefined,
    precision: precision === undefined ? undefined : toLength(precision, "precision", field),
    type,
  };
  checkType(spec, field);
  return spec;
}

/** The error of a field. */
export function problem(field: string, what: string): ReturnType<typeof templateProblem> {
  return templateProblem(`Template field {${field.slice(0, 100)}}: ${what}.`);
}

function checkType({ type, separator }: FormatSpec, field: string): void {
  if (type === "n")
    throw problem(field, 'the type "n" depends on the locale of a machine; use "d" or "g", or "," for groups');
  if (!TYPES.includes(type)) throw problem(field, `there is no type ${shown(type)}; there are ${[...TYPES].join(" ")}`);
  const isGrouped = separator === "," ? "deEfFgG%" : "deEfFgG%boxX";
  if (separator !== undefined && !isGrouped.includes(type)) {
    throw problem(field, `the type "${type}" cannot be grouped with "${separator}"`);
  }
}

function toLength(digits: string, what: string, field: string): number {
  const length = Number(digits);
  if (length <= MAX_WIDTH) return length;
  throw problem(field, `a ${what} of at most ${MAX_WIDTH} is expected`);
}

function toAlign(text: string | undefined): Align | undefined {
  return text === "<" || text === ">" || text === "=" || text === "^" ? text : undefined;
}

function toSign(text: string | undefined): FormatSpec["sign"] {
  return text === "+" || text === "-" || text === " " ? text : undefined;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 50));
}
