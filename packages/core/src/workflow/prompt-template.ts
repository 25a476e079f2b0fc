import { describeValue } from "../options/describe-value.js";
import { formatValue } from "./format-value.js";
import { parseTemplate, type TemplateField, type TemplatePart } from "./parse-template.js";
import { templateProblem } from "./template-problem.js";
import type { RenderArguments } from "./template-variables.js";

/** A prompt with variables in it. */
export interface PromptTemplate<Template extends string = string> {
  readonly template: Template;
  /** The names of its variables, each once, in the order in which they come first. */
  readonly variables: readonly string[];
  /**
   * The prompt with the values in place of the variables. Values are never read as templates; values without a variable
   * are ignored.
   *
   * @throws GenblazeError `TEMPLATE_INVALID` for a missing value, or one that does not fit its field's format
   */
  render(...values: RenderArguments<Template>): string;
}

/** Far above any prompt; a few wide fields, repeated, would otherwise fill the memory. */
const MAX_RENDERED_CHARACTERS = 10_000_000;

/**
 * A template in the format of the Python library: `{name}`, with a conversion (`{name!r}`) and a format spec
 * (`{price:.2f}`) as in Python's `str.format`. `{{` and `}}` are literal braces; a brace that is not followed by a letter
 * or `_` is literal too, so that JSON with quoted keys stays what it is. A field has at most 256 characters, a width and a
 * precision are at most 10,000, and a rendered text has at most 10 million characters.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` for a field that cannot be read
 * @example
 * const prompt = promptTemplate("A {animal} in {style}");
 * prompt.render({ animal: "cat", style: "oil" }); // "A cat in oil"
 */
export function promptTemplate<const Template extends string>(template: Template): PromptTemplate<Template> {
  if (typeof template !== "string") {
    throw templateProblem(`promptTemplate(template): a text is expected; ${describeValue(template)} was given.`);
  }
  const parts = parseTemplate(template);
  const variables = [...new Set(parts.filter(isField).map(({ name }) => name))];
  return Object.freeze({
    template,
    variables: Object.freeze(variables),
    render: (...[values]: RenderArguments<Template>) => renderParts(parts, variables, values ?? {}),
  });
}

/** Of the values that no variable takes. */
const MOST_NAMED = 10;

function renderParts(parts: readonly TemplatePart[], variables: readonly string[], values: object): string {
  if (typeof values !== "object" || Array.isArray(values)) {
    throw templateProblem(`render(values): an object of values is expected; ${describeValue(values)} was given.`);
  }
  const missing = variables.filter((name) => ownValue(values, name) === undefined);
  if (missing.length > 0) {
    const others = Object.keys(values).filter((name) => !variables.includes(name));
    const given = others.length === 0 ? "" : ` Values without a variable: ${others.slice(0, MOST_NAMED).join(", ")}.`;
    throw templateProblem(`The template's variables ${missing.join(", ")} have no value.${given} Give one for each.`);
  }
  let text = "";
  for (const part of parts) {
    text += isField(part) ? formatValue(ownValue(values, part.name), part) : part;
    if (text.length > MAX_RENDERED_CHARACTERS) {
      throw templateProblem(`A rendered template has at most ${MAX_RENDERED_CHARACTERS} characters. Make it shorter.`);
    }
  }
  return text;
}

/** Own values only: `{constructor}` is a variable like any other. */
function ownValue(values: object, name: string): unknown {
  return Object.hasOwn(values, name) ? Reflect.get(values, name) : undefined;
}

function isField(part: TemplatePart): part is TemplateField {
  return typeof part !== "string";
}
