import { type FormatSpec, parseFormatSpec, problem } from "./format-spec.js";
import { templateProblem } from "./template-problem.js";

/** A placeholder of a template. */
export interface TemplateField {
  readonly name: string;
  /** What stands between the braces. */
  readonly source: string;
  readonly conversion: "s" | "r" | "a" | undefined;
  /** Undefined when it is empty. */
  readonly spec: FormatSpec | undefined;
}

/** A template in its order: literal texts and fields. */
export type TemplatePart = string | TemplateField;

/** As the Python library has it. */
const MAX_FIELD_CHARACTERS = 256;
/** A pair of braces is one literal brace; a brace before a letter or _ begins a field; any other is literal. */
const BRACES = /\{\{|\}\}|\{(?=[\p{L}_])/gu;
const FIELD = /^([^!:]*)(?:!([^:]*))?(?::(.*))?$/su;
const NAME = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/**
 * The parts of a template.
 *
 * @throws GenblazeError `TEMPLATE_INVALID` naming the field
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let from = 0;
  // A pattern of this call alone: it remembers where it is.
  const braces = new RegExp(BRACES);
  for (let found = braces.exec(template); found !== null; found = braces.exec(template)) {
    const [text] = found;
    literal += template.slice(from, found.index);
    if (text === "{") {
      const source = readSource(template, braces.lastIndex);
      parts.push(literal, parseField(source));
      literal = "";
      // Past the closing brace.
      braces.lastIndex += source.length + 1;
    } else {
      literal += text.charAt(0);
    }
    from = braces.lastIndex;
  }
  parts.push(literal + template.slice(from));
  return parts.filter((part) => part !== "");
}

function readSource(template: string, start: number): string {
  // Not indexOf in the whole template: it may be long, and have many beginnings.
  const near = template.slice(start, start + MAX_FIELD_CHARACTERS + 1);
  const end = near.indexOf("}");
  if (end !== -1) return near.slice(0, end);
  const isEnd = near.length <= MAX_FIELD_CHARACTERS;
  const what = isEnd ? 'has no closing "}"' : `is longer than ${MAX_FIELD_CHARACTERS} characters`;
  throw templateProblem(
    `The template field that begins with {${near.slice(0, 20)} ${what}. Write "{{" for a brace that is text.`,
  );
}

function parseField(source: string): TemplateField {
  if (source.includes("{")) throw problem(source, "a field inside of a field is not supported");
  const [, name = "", conversion, spec = ""] = FIELD.exec(source) ?? [];
  if (!NAME.test(name)) {
    throw problem(source, 'a name of letters, digits and _ is expected; write "{{" for a brace that is text');
  }
  if (conversion !== undefined && conversion !== "s" && conversion !== "r" && conversion !== "a") {
    throw problem(source, 'behind "!" one of s, r and a is expected');
  }
  return { name, source, conversion, spec: spec === "" ? undefined : parseFormatSpec(spec, source) };
}
