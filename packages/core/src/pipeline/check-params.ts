import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { findNonJson } from "../json/find-non-json.js";
import { describeValue } from "../options/describe-value.js";
import { assertNoSecret } from "./assert-no-secret.js";
import { isReference } from "./reference.js";
import type { CommonStepOptions } from "./step-option-schemas.js";

/** Keys inside a private parameter may be as private as its values, so its own name is all that is shown of it. */
export function checkParams(
  params: Readonly<Record<string, unknown>>,
  key: string,
  isPrivate: boolean,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  // A reference stands for the JSON that it will give.
  const settled = Object.fromEntries(given.map(([param, value]) => [param, isReference(value) ? null : value]));
  const wrong = findNonJson(settled, "params");
  if (wrong !== undefined) {
    const [param = "", value] = given.find(([name]) => wrong.startsWith(`params.${name}`)) ?? [];
    const place = isPrivate ? `params.${param}` : wrong;
    const came = isPrivate ? "something else" : describeValue(value);
    const message = `Step "${key}": option "${place}" must be JSON or from(...); ${came} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertNoSecret({ params: settled }, key);
  return Object.freeze(Object.fromEntries(given));
}

/** A name that is no parameter would protect nothing. */
export function checkPrivateParams(checked: CommonStepOptions, key: string): readonly string[] {
  const { privateParams = [], params = {}, providerOptions, promptVisibility = "public" } = checked;
  if (privateParams.length > 0 && promptVisibility === "public") {
    const advice = 'Say promptVisibility: "private" or "encrypted" too.';
    throw new GenblazeError("INVALID_OPTION", `Step "${key}": a public step has no private parameters. ${advice}`);
  }
  const names = [...Object.keys(params), ...(providerOptions === undefined ? [] : ["providerOptions"])];
  const unknown = privateParams.find((param) => !names.includes(param));
  if (unknown === undefined) return privateParams;
  const message = `Step "${key}": option "privateParams" names "${unknown}", which is none of its parameters.`;
  throw new GenblazeError("INVALID_OPTION", `${message}${didYouMean(unknown, names)}`);
}
