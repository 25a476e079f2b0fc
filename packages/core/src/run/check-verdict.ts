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
  // Its other fields are optional and read with care.
  if (allowed === true || isNo) return verdict as GuardVerdict;
  const came = isObject ? `an object whose \`allowed\` is ${describeValue(allowed)}` : describeValue(verdict);
  const message = `Step "${step}": guard "${name}" must give { allowed: true } or { allowed: false, reason }; ${came} came.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { step, guard: name } });
}
