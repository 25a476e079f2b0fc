import { describe, expect, it } from "vitest";
import type { JsonInput } from "../src/json/json-input.js";
import { readJson } from "../src/json/read-json.js";
import { isObject } from "../src/manifest/free-type.js";
import { promptTemplate, type TemplateValue } from "../src/workflow/index.js";
import { type GoldenError, readGolden, readRows, thrownCode } from "./support/golden.js";

interface TemplateRow {
  readonly id: string;
  readonly template: string;
  readonly variables: { readonly value?: readonly string[]; readonly error?: GoldenError };
  readonly value?: string;
  readonly error?: GoldenError;
}

interface SpecRow {
  /** JSON text. */
  readonly input: string;
  readonly spec: string;
  readonly conversion?: string;
  readonly value?: string;
  readonly error?: GoldenError;
}

const templates = readRows<TemplateRow>("templates.jsonl").map((row, index) => ({ ...row, vars: varsOf(index) }));
const specs = readRows<SpecRow>("format-specs.jsonl");

// The values are read apart from the rest: 1 and 1.0 are rendered differently.
function varsOf(index: number): Readonly<Record<string, TemplateValue>> {
  const row = readJson(readGolden("templates.jsonl").split("\n")[index] ?? "");
  if (!isObject(row) || !isObject(row.vars)) throw new Error("a row with vars is expected");
  // The rows' values are numbers, texts, true and null.
  return row.vars as Readonly<Record<string, TemplateValue>>;
}

function asValue(value: JsonInput): TemplateValue {
  // The rows' values are no lists and no objects.
  return value as TemplateValue;
}

describe("golden templates", () => {
  it("has all 26 rows", () => {
    expect(templates).toHaveLength(26);
  });

  it.each(templates)("$id: finds Python's variables", ({ template, variables }) => {
    if (variables.value === undefined) {
      expect(variables.error?.kind).toBe("value");
      expect(thrownCode(() => promptTemplate(template))).toBe("TEMPLATE_INVALID");
    } else {
      expect(promptTemplate(template).variables).toEqual(variables.value);
    }
  });

  it.each(templates)("$id: renders Python's text", ({ template, vars, value, error }) => {
    const render = () => promptTemplate(template).render(vars);
    if (value === undefined) {
      expect(error?.kind).toBe("value");
      expect(thrownCode(render)).toBe("TEMPLATE_INVALID");
    } else {
      expect(render()).toBe(value);
    }
  });
});

describe("Python's format specs", () => {
  it("has all 600 rows", () => {
    expect(specs).toHaveLength(600);
  });

  it.each(specs)("format $input as $spec", ({ input, spec, conversion, value, error }) => {
    const field = `{x${conversion === undefined ? "" : `!${conversion}`}:${spec}}`;
    const render = () => promptTemplate<string>(field).render({ x: asValue(readJson(input)) });
    if (value === undefined) {
      expect(error?.kind).toBe("value");
      expect(thrownCode(render)).toBe("TEMPLATE_INVALID");
    } else {
      expect(render()).toBe(value);
    }
  });
});
