import { isJsonFloat, type JsonFloat } from "../json/json-float.js";

/**
 * What a variable of a template may be. As in a manifest, a safe whole `number` and a `bigint` are integers, and any
 * other `number` is a float; `float(7)` is the float 7, which is rendered as 7.0. `null` is rendered as None.
 */
export type TemplateValue = string | number | bigint | boolean | null | JsonFloat;

/** Values by the names of the variables. */
export type TemplateValues = Readonly<Record<string, TemplateValue>>;

/** A value with its kind told, as Python's types tell it. */
export type KindOfValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "integer"; readonly integer: bigint }
  | { readonly kind: "boolean"; readonly truth: boolean }
  | { readonly kind: "float"; readonly float: number }
  | { readonly kind: "none" };

/** Undefined for what no template can render, like a list. */
export function kindOfValue(value: unknown): KindOfValue | undefined {
  if (value === null) return { kind: "none" };
  if (typeof value === "string") return { kind: "text", text: value };
  if (typeof value === "boolean") return { kind: "boolean", truth: value };
  if (typeof value === "bigint") return { kind: "integer", integer: value };
  if (isJsonFloat(value)) return { kind: "float", float: value.value };
  if (typeof value !== "number") return undefined;
  return Number.isSafeInteger(value) ? { kind: "integer", integer: BigInt(value) } : { kind: "float", float: value };
}
