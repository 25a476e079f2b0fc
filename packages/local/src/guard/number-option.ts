import { assertKnownOptions, GenblazeError } from "@genblaze/core/provider";

/** The one number of a guard's options; INVALID_OPTION for another option and for a number out of bounds. */
export function readNumberOption<Name extends string>(
  options: { readonly [name in Name]?: number | undefined },
  name: Name,
  { min, max, fallback, where }: { min: number; max: number; fallback: number; where: string },
): number {
  assertKnownOptions(options, [name], where);
  const given: unknown = options[name];
  const value = given === undefined ? fallback : given;
  if (typeof value === "number" && value >= min && value <= max) return value;
  const came = typeof value === "number" ? `the number ${value}` : `a value of type ${typeof value}`;
  const message = `${where}: option "${name}": a number from ${min} to ${max} is expected; ${came} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
