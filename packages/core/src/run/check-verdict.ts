import { GenblazeError } from "../errors/genblaze-error.js";
import type { Guard, GuardVerdict } from "../guard/guard.js";
import { describeValue } from "../options/describe-value.js";

/**
 * A guard's verdict when it is one. Guards are written by users, in JavaScript too: what says neither yes nor no must
 * not pass for a yes.
 */
export function checkVerdict({ name }: Guard, step: string, verdict: unknown): GuardVerdict {
  const isObject = typeof verdict === "object" && verdict !== null;
  const allowed: unknown = isObject ? Reflect.get(verdict, "allowed") : undefined;
  const isNo = allowed === false && isObject && typeof Reflect.get(verdict, "reason") === "string";
  if (isObject) assertFacts(name, step, verdict);
  // Its fields were looked at one by one.
  if (allowed === true || isNo) return verdict as GuardVerdict;
  const came = isObject ? `an object whose \`allowed\` is ${describeValue(allowed)}` : describeValue(verdict);
  const message = `Step "${step}": guard "${name}" must give { allowed: true } or { allowed: false, reason }; ${came} came.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step, guard: name } });
}

/** What else it says stands in the manifest. */
function assertFacts(guard: string, step: string, verdict: object): void {
  const categories: unknown = Reflect.get(verdict, "categories");
  const notChecked: unknown = Reflect.get(verdict, "notChecked");
  const areTexts = Array.isArray(categories) && categories.every((category) => typeof category === "string");
  const wrong =
    categories !== undefined && !areTexts
      ? `categories: a list of texts is expected; ${describeValue(categories)} came`
      : notChecked !== undefined && typeof notChecked !== "string"
        ? `notChecked: a text is expected; ${describeValue(notChecked)} came`
        : undefined;
  if (wrong === undefined) return;
  const message = `Step "${step}": the verdict of guard "${guard}" has wrong ${wrong}.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step, guard } });
}
