import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { setEntry } from "../json/set-entry.js";
import { promptTemplate } from "./prompt-template.js";
import { templateProblem } from "./template-problem.js";
import type { TemplateValues } from "./template-value.js";

/**
 * Parameters with every text in them, however deep, rendered as a template; keys and other values stay as they are.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` naming the place of a text that cannot be rendered, or that is no JSON
 */
export function renderParams(params: JsonObject, values: TemplateValues): JsonObject {
  const place = findNonJson(params);
  if (place !== undefined) {
    throw templateProblem(`renderParams(params, values): JSON is expected; "${place}" is none. Leave it out.`);
  }
  return renderObject(params, values, "params");
}

function renderObject(object: JsonObject, values: TemplateValues, path: string): JsonObject {
  const rendered: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object))
    setEntry(rendered, key, renderEntry(value, values, `${path}.${key}`));
  return rendered;
}

function renderEntry(value: JsonValue, values: TemplateValues, path: string): JsonValue {
  if (typeof value === "string") return renderText(value, values, path);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((entry, index) => renderEntry(entry, values, `${path}.${index}`));
  return renderObject(value, values, path);
}

function renderText(text: string, values: TemplateValues, path: string): string {
  try {
    return promptTemplate<string>(text).render(values);
  } catch (error) {
    throw templateProblem(`"${path}": ${errorFromUnknown(error, "a template was not rendered").message}`);
  }
}

// Array.isArray does not narrow readonly arrays.
function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
