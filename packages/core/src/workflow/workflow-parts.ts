import type { Guard } from "../guard/guard.js";
import { didYouMean } from "../internal/closest-name.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject } from "../json/json-value.js";
import type { NodeFunction } from "../node/composite-node.js";
import { toJsonSchema } from "../pipeline/output-schema.js";
import { from, type Reference } from "../pipeline/reference.js";
import type { SchemaLike } from "../pipeline/scope.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { WorkflowProvider, WorkflowReference } from "./workflow.js";
import type { NeededSchema, WorkflowNeeds } from "./workflow-needs.js";
import { workflowProblem } from "./workflow-problem.js";

type AnyFunction = (...values: never[]) => unknown;

/** What the names of a workflow stand for. */
export interface GivenParts {
  readonly providers: readonly AnyProvider[];
  readonly functions: Readonly<Record<string, AnyFunction>>;
  readonly guards: readonly Guard[];
  readonly schemas: Readonly<Record<string, SchemaLike>>;
}

/** The parts of a workflow by their names; all that it asks for is there. */
export interface WorkflowParts {
  provider(provider: WorkflowProvider): AnyProvider;
  /** A function, or a reference with it. */
  function(given: string | WorkflowReference): NodeFunction;
  reference(given: WorkflowReference): Reference;
  guard(name: string): Guard;
  schema(place: string, schema: JsonObject): SchemaLike;
}

/** The parts that a workflow needs; INVALID_OPTION naming everything that is missing at once. */
export function matchParts(needs: WorkflowNeeds, given: GivenParts, workflow: string): WorkflowParts {
  const found = {
    schemas: needs.schemas.map((needed) => [needed, findSchema(given.schemas, needed)] as const),
    guards: needs.guards.map((name) => [name, given.guards.find((guard) => guard.name === name)] as const),
    providers: needs.providers.map((needed) => [needed, findProvider(given.providers, needed)] as const),
  };
  const names = Object.keys(given.functions);
  const missing = [
    ...needs.functions.flatMap((name) =>
      Object.hasOwn(given.functions, name) ? [] : [`function "${name}"${didYouMean(name, names)}`],
    ),
    ...found.schemas.flatMap(([{ place }, schema]) => (schema === undefined ? [`schema of "${place}"`] : [])),
    ...found.guards.flatMap(([name, guard]) => (guard === undefined ? [`guard "${name}"`] : [])),
    ...found.providers.flatMap(([each, own]) =>
      own === undefined ? [`provider "${each.name}" (${each.yields})`] : [],
    ),
  ];
  if (missing.length > 0) {
    const message = `Workflow "${workflow}" needs what fromWorkflow(workflow, { providers, functions, schemas, guards }) was not given: ${missing.join(", ")}.`;
    throw workflowProblem(message, { workflow, missing });
  }
  for (const name of needs.functions) assertOwnName(name, given.functions[name]);
  return toParts(given, found.schemas, workflow);
}

function toParts(
  given: GivenParts,
  schemas: readonly (readonly [NeededSchema, SchemaLike | undefined])[],
  workflow: string,
): WorkflowParts {
  const there = <T>(part: T | undefined, name: string): T => {
    if (part !== undefined) return part;
    throw workflowProblem(`Workflow "${workflow}" needs "${name}", which was not given.`, { workflow, name });
  };
  const byPlace = new Map(schemas.map(([{ place }, schema]) => [place, schema]));
  const functionOf = (name: string) => there(given.functions[name], name);
  const reference = ({ from: sources, function: name }: WorkflowReference): Reference => ({
    // The types of what it is called with were the compiler's business when the workflow was made.
    ...from<Record<string, never>, readonly string[], unknown>(sources, functionOf(name)),
    label: name,
  });
  return {
    provider: (needed) => there(findProvider(given.providers, needed), needed.name),
    function: (name) => (typeof name === "string" ? functionOf(name) : reference(name)),
    reference,
    guard: (name) =>
      there(
        given.guards.find((guard) => guard.name === name),
        name,
      ),
    schema: (place) => there(byPlace.get(place), place),
  };
}

/** Otherwise a workflow that is made of the pipeline again would have another id. */
function assertOwnName(name: string, given: AnyFunction | undefined): void {
  if (typeof given !== "function") throw workflowProblem(`functions: "${name}" must be a function.`, { name });
  if (given.name === name) return;
  const message = `functions: what was given as "${name}" is named "${given.name}", and functions of workflows are told by name. Give it under its own name; when a bundler has renamed it, tell that to keep names.`;
  throw workflowProblem(message, { name, given: given.name });
}

function findProvider(providers: readonly AnyProvider[], { name, yields }: WorkflowProvider): AnyProvider | undefined {
  return providers.find((provider) => provider.name === name && provider.yields === yields);
}

/** The schema under the place's own name, or under any other, that has the same JSON Schema. */
function findSchema(
  schemas: Readonly<Record<string, SchemaLike>>,
  { place, schema }: NeededSchema,
): SchemaLike | undefined {
  const wanted = canonicalJson(schema);
  const fitting = Object.entries(schemas).filter(([, each]) => hasText(each, wanted));
  const own = fitting.find(([name]) => name === place)?.[1];
  const different = new Set(fitting.map(([, each]) => each));
  if (own !== undefined || different.size <= 1) return own ?? fitting[0]?.[1];
  const names = fitting.map(([name]) => `"${name}"`).join(", ");
  const message = `schemas: ${names} are different schemas with one JSON Schema, so which of them is that of "${place}" cannot be told. Give that one under the name "${place}".`;
  throw workflowProblem(message, { place });
}

/** Compared as it is stored, with its texts in NFC. */
function hasText(schema: SchemaLike, wanted: string): boolean {
  const json = toJsonSchema(schema);
  if (json === undefined) return false;
  const stored: unknown = JSON.parse(canonicalJson(json));
  // What JSON.parse gives of a JSON Schema is an object.
  return canonicalJson(stored as JsonObject) === wanted;
}
