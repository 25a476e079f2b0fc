import type { Align, FormatSpec } from "./format-spec.js";

/** A number in its parts. */
export interface NumberParts {
  readonly sign: string;
  /** Like `0x`. */
  readonly prefix: string;
  /** The digits that may be grouped; empty for inf, nan and characters. */
  readonly digits: string;
  /** Whatever comes after them. */
  readonly rest: string;
}

/** Groups the digits and fills up to the width, between sign and digits where the spec begins its width with 0. */
export function padNumber(spec: FormatSpec, { sign, prefix, digits, rest }: NumberParts): string {
  const fill = fillOf(spec);
  const align = spec.align ?? (spec.isZeroPadded ? "=" : ">");
  const lead = sign + prefix;
  const digitsWidth = fill === "0" && align === "=" ? spec.width - lead.length - lengthOf(rest) : 0;
  const body = digits === "" ? "" : groupDigits(digits, spec, digitsWidth);
  if (align !== "=") return padText(lead + body + rest, spec.width, fill, align);
  const missing = spec.width - lead.length - body.length - lengthOf(rest);
  return lead + fill.repeat(Math.max(0, missing)) + body + rest;
}

/** Fills a text up to a width in code points. */
export function padText(text: string, width: number, fill: string, align: Exclude<Align, "=">): string {
  const missing = Math.max(0, width - lengthOf(text));
  const before = align === "<" ? 0 : align === ">" ? missing : Math.floor(missing / 2);
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

export function fillOf({ fill, isZeroPadded }: FormatSpec): string {
  return fill ?? (isZeroPadded ? "0" : " ");
}

/** Zeros up to the width are grouped too, and a separator never comes first: so that it may be exceeded by one. */
function groupDigits(digits: string, { separator, type }: FormatSpec, width: number): string {
  if (separator === undefined) return digits.padStart(width, "0");
  const size = type !== "" && "boxX".includes(type) ? 4 : 3;
  const groups: string[] = [];
  let left = digits;
  let missing = width;
  do {
    const length = Math.min(size, Math.max(left.length, missing, 1));
    groups.unshift(left.slice(-length).padStart(length, "0"));
    left = left.slice(0, -length);
    missing -= length + separator.length;
  } while (left !== "" || missing + separator.length > 0);
  return groups.join(separator);
}

function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
