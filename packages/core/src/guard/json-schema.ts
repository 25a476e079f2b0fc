import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import { parseAnswer } from "../json/parse-answer.js";
import { describeValue } from "../options/describe-value.js";
import { schemaLike } from "../pipeline/option-schemas.js";
import { validate } from "../pipeline/output-schema.js";
import type { SchemaLike } from "../pipeline/scope.js";
import type { Guard, GuardVerdict, OutputCheck } from "./guard.js";
import { ALLOWED, allowExcept, reject } from "./verdicts.js";

/**
 * Refuses a text that is not JSON of a schema (zod, or any other Standard Schema). The reason names the first places
 * that do not fit, except in a private step. A step that makes no text is let pass with a warning. INVALID_OPTION for
 * what is no schema.
 *
 * @example
 * jsonSchema(z.object({ title: z.string().max(80) }));
 */
export function jsonSchema(schema: SchemaLike): Guard {
  if (!schemaLike.safeParse(schema).success) {
    const came = describeValue(schema);
    const message = `jsonSchema(schema): a zod schema (or other Standard Schema) is expected; ${came} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  return { name: "JSON schema", checkOutput: (check) => judge(schema, check) };
}

async function judge(schema: SchemaLike, check: OutputCheck): Promise<GuardVerdict> {
  if (check.json === undefined && check.text === undefined) {
    return allowExcept([`a step that makes ${check.yields} has no JSON to check`]);
  }
  const json = check.json ?? readJsonText(check.text ?? "");
  if (json === undefined) return reject("The text is not JSON.");
  const problem = await findProblem(schema, json);
  if (problem === undefined) return ALLOWED;
  return reject(check.isPrivate ? "The JSON does not fit the schema." : `The JSON does not fit the schema: ${problem}`);
}

function readJsonText(text: string): JsonValue | undefined {
  try {
    return parseAnswer(text);
  } catch {
    return undefined;
  }
}

/** A schema that throws does not fit either: `validate` says so as a problem. */
async function findProblem(schema: SchemaLike, json: JsonValue): Promise<string | undefined> {
  let problem: string | undefined;
  const misfit = new GenblazeError("OUTPUT_INVALID", "The JSON does not fit the schema.");
  try {
    await validate(schema, json, (found) => {
      problem = found;
      return misfit;
    });
  } catch (error) {
    if (error !== misfit) throw error;
  }
  return problem;
}
