import type { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { unknownOption } from "./assert-known-options.js";
import { describeValue, quoteValue } from "./describe-value.js";

/** Checks an options object once, at the door; the sentence names the option, what was expected and what came. */
export function checkOptions<T>(schema: z.ZodType<T> & { readonly shape: object }, options: unknown, where: string): T {
  const verdict = schema.safeParse(options);
  if (verdict.success) return verdict.data;
  const [issue] = verdict.error.issues;
  throw new GenblazeError("INVALID_OPTION", describe(issue, Object.keys(schema.shape), options, where));
}

function describe(
  issue: z.core.$ZodIssue | undefined,
  known: readonly string[],
  options: unknown,
  where: string,
): string {
  if (issue === undefined) return `${where}: the options do not fit.`;
  if (issue.code === "unrecognized_keys") return unknownKey(issue, known, where);
  const value = issue.path.reduce<unknown>(readKey, options);
  const came = isOneOfFew(issue) ? quoteValue(value) : describeValue(value);
  if (issue.path.length === 0) return `${where}: an options object is expected; ${came} was given.`;
  return `${where}: option "${issue.path.map(String).join(".")}": ${issue.message}; ${came} was given.`;
}

/** The known names are those of the options; inside one of them the schema's own words say what is expected. */
function unknownKey(
  { keys: [key = ""], path, message }: UnrecognizedKeys,
  known: readonly string[],
  where: string,
): string {
  if (path.length === 0) return unknownOption(key, known, where);
  const name = [...path, key].map(String).join(".");
  return `${where}: there is no option "${name}"${message.startsWith("Unrecognized") ? "" : `; ${message}`}.`;
}

type UnrecognizedKeys = z.core.$ZodIssueUnrecognizedKeys;

/** Whether only some words fit, so that what came was meant as one of them and holds nothing private. */
function isOneOfFew(issue: z.core.$ZodIssue): boolean {
  if (issue.code !== "invalid_union") return issue.code === "invalid_value";
  return issue.errors.flat().some(({ code }) => code === "invalid_value");
}

function readKey(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
