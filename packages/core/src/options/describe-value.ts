/** Names a value's kind without showing its content, which may be private. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "function") return "a function";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const LONGEST_QUOTE = 60;

/** The same, but quotes a text: for options that only some words fit. */
export function quoteValue(value: unknown): string {
  if (typeof value !== "string") return describeValue(value);
  return `"${value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}...` : value}"`;
}
