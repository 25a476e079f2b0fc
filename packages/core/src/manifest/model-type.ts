import { isObject } from "./free-type.js";
import { fieldProblem } from "./manifest-problem.js";
import type { Field, ModelSchema } from "./model-schema.js";
import type { ReadContext, WireType, WriteMode } from "./wire-type.js";

/** The type of a field that holds a model. */
export function modelType<Model>(schema: ModelSchema<Model>): WireType<Model> {
  return {
    expected: "an object",
    read: (value, context) => readModel(schema, value, context),
    write: (model, depth, mode) => writeModel(schema, model, depth, mode),
  };
}

/**
 * Reads a model by its table.
 *
 * @throws GenblazeError `MANIFEST_INVALID` naming the field
 */
export function readModel<Model>(schema: ModelSchema<Model>, value: unknown, context: ReadContext): Model {
  if (!isObject(value)) throw fieldProblem(context, "an object", value);
  if (schema.options.refusesUnknownKeys === true && context.source === "wire") checkKeys(schema, value, context);
  const fields: Record<string, unknown> = { ...schema.defaults };
  for (const field of schema.fields) {
    const key = context.source === "wire" ? field.wire : field.name;
    context.path.push(key);
    fields[field.name] = readField(field, value[key], context);
    context.path.pop();
  }
  // The table has a row of the right type for every field of the model: defineModel's parameter says so.
  const model = fields as Model;
  const broken = schema.options.rule?.(model);
  if (broken !== undefined) throw fieldProblem(context, broken, value);
  return model;
}

/** Writes a model in canonical form by the schema's sorted plan. */
export function writeModel<Model>(schema: ModelSchema<Model>, model: Model, depth: number, mode: WriteMode): string {
  const isContent = mode === "bound" && schema.options.bound?.when(model) === false;
  const plan = schema.plans[isContent ? "content" : mode];
  // The plan holds the model's own names only.
  const fields = model as Readonly<Record<string, unknown>>;
  let text = "";
  for (const entry of plan) {
    const value = fields[entry.name];
    text += value === null ? `${entry.lead}null` : entry.lead + entry.type.write(value, depth + 1, mode);
  }
  return `${text}}`;
}

/** Whether a model, and every model in it, keeps the checks that a built one must keep. */
export function keepsBuiltChecks<Model>(schema: ModelSchema<Model>, model: Model): boolean {
  const fields = model as Readonly<Record<string, unknown>>;
  return schema.fields.every(({ name, check }) => {
    const value = fields[name];
    return value === null || check === undefined || check.when === "always" || check.holds(value);
  });
}

function readField(field: Field, raw: unknown, context: ReadContext): unknown {
  if (raw === undefined) return readAbsent(field, context);
  if (raw === null && field.isNullable) return null;
  const value = field.type.read(raw, context);
  if (value === undefined) throw fieldProblem(context, field.type.expected, raw);
  const { check } = field;
  if (check !== undefined && (check.when === "always" || !context.isTolerant) && !check.holds(value)) {
    throw fieldProblem(context, check.expected, raw);
  }
  return value;
}

function readAbsent(field: Field, context: ReadContext): unknown {
  if (field.fallback !== undefined) return field.fallback;
  if (field.invented === undefined || context.source === "model") {
    throw fieldProblem(context, field.type.expected, undefined);
  }
  if (field.hashed === "legacy") context.hasInventedId = true;
  return field.invented;
}

function checkKeys<Model>(schema: ModelSchema<Model>, value: object, context: ReadContext): void {
  for (const key of Object.keys(value)) {
    if (!schema.wireNames.has(key)) throw fieldProblem(context, "only keys that the format has", value);
  }
}
