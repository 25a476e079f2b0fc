import { redactSecrets } from "./redact-secrets.js";

/** Longer texts are not looked at further; nobody reads them, and searching them costs. */
const READ_CHARACTERS = 2000;
const KEPT_CHARACTERS = 500;

/** An error text as it may be recorded: without secrets, and short. The same as the Python library's. */
export function sanitizeErrorText(text: string): string {
  const redacted = [...redactSecrets(firstCharacters(text, READ_CHARACTERS))];
  if (redacted.length <= KEPT_CHARACTERS) return redacted.join("");
  return `${redacted.slice(0, KEPT_CHARACTERS).join("")}...(truncated)`;
}

/** Characters are code points here. Cut before it is split, as a text may be a whole response body. */
function firstCharacters(text: string, count: number): string {
  return [...text.slice(0, 2 * count)].slice(0, count).join("");
}
