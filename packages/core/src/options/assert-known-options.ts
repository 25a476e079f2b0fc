import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { describeValue } from "./describe-value.js";

/** INVALID_OPTION for options that are no object, or hold a name that is not known; says what was probably meant. */
export function assertKnownOptions(options: unknown, known: readonly string[], where: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const message = `${where}: an options object is expected; ${describeValue(options)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const stranger = Object.keys(options).find((key) => !known.includes(key));
  if (stranger === undefined) return;
  throw new GenblazeError("INVALID_OPTION", unknownOption(stranger, known, where));
}

/** The sentence for an option that is not there. */
export function unknownOption(name: string, known: readonly string[], where: string): string {
  return `${where}: there is no option "${name}".${didYouMean(name, known)} Known options: ${known.join(", ")}.`;
}
