import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { float } from "../json/json-float.js";
import { type PromptTemplate, promptTemplate } from "./prompt-template.js";
import type { TemplateValue } from "./template-value.js";
import type { TemplateVariables } from "./template-variables.js";

const render = (template: string, values: Readonly<Record<string, TemplateValue>> = {}) =>
  promptTemplate(template).render(values);

describe("promptTemplate", () => {
  it("is an immutable value with its text and its variables, each once, in their order", () => {
    const prompt = promptTemplate("{style} of a {animal} and a {animal!r:>9}, {style}");
    expect(prompt.template).toBe("{style} of a {animal} and a {animal!r:>9}, {style}");
    expect(prompt.variables).toEqual(["style", "animal"]);
    expect(Object.isFrozen(prompt)).toBe(true);
    expect(Object.isFrozen(prompt.variables)).toBe(true);
    expect(prompt.render({ style: "oil", animal: "cat" })).toBe("oil of a cat and a     'cat', oil");
  });

  it("needs no values for a text without variables", () => {
    expect(promptTemplate("just a cat").render()).toBe("just a cat");
    expect(promptTemplate("").render()).toBe("");
  });

  it.each([
    ['{"a": {x}, "b": [{"c": 1}]}', '{"a": cat, "b": [{"c": 1}]}'],
    ["{{{x}}}", "{cat}"],
    ["{{{{x}}}}", "{{x}}"],
    ["{x}}", "cat}"],
    ["{{x}", "{x}"],
    ["{ x} {1} {} { } {.x} {", "{ x} {1} {} { } {.x} {"],
    ["}{x}{", "}cat{"],
    ["{\n{x}\n}", "{\ncat\n}"],
    ["{x:}", "cat"],
    ["{x!s:*^7}", "**cat**"],
  ])("renders %j as %j", (template, expected) => {
    expect(render(template, { x: "cat" })).toBe(expected);
  });

  it("tells integers from floats as a manifest does", () => {
    expect(render("{x}", { x: 1 })).toBe("1");
    expect(render("{x}", { x: float(1) })).toBe("1.0");
    expect(render("{x}", { x: 1.5 })).toBe("1.5");
    expect(render("{x}", { x: 2 ** 53 })).toBe("9007199254740992.0");
    expect(render("{x}", { x: 2n ** 64n })).toBe("18446744073709551616");
    expect(render("{x}", { x: -0 })).toBe("0");
    expect(render("{x} {y} {z}", { x: true, y: false, z: null })).toBe("True False None");
  });

  it("keeps values out of the reach of a prototype, and never reads them as templates", () => {
    expect(codeOf(() => render("{constructor}"))).toBe("TEMPLATE_INVALID");
    expect(codeOf(() => render("{__proto__}"))).toBe("TEMPLATE_INVALID");
    expect(render("{x}", { x: "{y}{{" })).toBe("{y}{{");
    fc.assert(fc.property(fc.string({ unit: "binary" }), (x) => render("{x}", { x }) === x));
  });

  it("gives any text back whose braces are doubled", () => {
    const text = fc.string({ unit: fc.constantFrom("{", "}", "a", "_", " ", ":", "!") });
    fc.assert(fc.property(text, (given) => render(given.replace(/[{}]/g, "$&$&")) === given));
  });

  it("throws nothing but its own error, whatever the template", () => {
    const template = fc.string({ unit: fc.constantFrom(..."{}x!:sra<>=^+-z#0159,_.dfeg%c ") });
    const value = fc.oneof(fc.string(), fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(template, value, (given, x) => {
        const outcome = codeOf(() => render(given, { x, _: x }));
        expect(outcome).toMatch(/^(TEMPLATE_INVALID|Error: nothing was thrown)$/);
      }),
      { numRuns: 2000 },
    );
  });

  it("writes a float with 17 digits so that it reads back as the same", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(finite, (x) => Object.is(Number(render("{x:.16e}", { x: float(x) })), x)));
    fc.assert(fc.property(finite, (x) => Object.is(Number(render("{x}", { x: float(x) })), x)));
  });

  it.each([
    ["{x", "no closing"],
    ["{x.y}", "{x.y}"],
    ["{x[0]}", "{x[0]}"],
    ["{x:{y}}", "inside of a field"],
    ["{x!z}", "one of s, r and a"],
    ["{x!}", "one of s, r and a"],
    ["{a b}", "a name of letters"],
    ["{x:%Y-%m}", "format spec"],
    ["{x:n}", "locale"],
    ["{x:q}", "no type"],
    ["{x:>1000000000}", "a width of at most 10000"],
    ["{x:.1000000000f}", "a precision of at most 10000"],
    [`{x:>${"9".repeat(240)}}`, "a width of at most 10000"],
    [`{${"x".repeat(257)}}`, "longer than 256"],
  ])("refuses the template %j before it is rendered, and says why", (template, why) => {
    expect(codeOf(() => promptTemplate(template))).toBe("TEMPLATE_INVALID");
    expect(messageOf(() => promptTemplate(template))).toContain(why);
  });

  it("takes the widest field, and refuses to fill the memory with many of them", () => {
    expect(render("{x:>10000}", { x: "" })).toHaveLength(10_000);
    expect(render("{x:.10000f}", { x: 0.1 })).toHaveLength(10_002);
    expect(render(`{${"x".repeat(256)}}`, { ["x".repeat(256)]: "long name" })).toBe("long name");
    expect(messageOf(() => render("{x:>9999}".repeat(2000), { x: "" }))).toContain("at most 10000000 characters");
  });

  it("names all the variables without a value, and what does not fit, but never shows a value", () => {
    expect(messageOf(() => render("{a} {b} {c}", { b: "secret" }))).toContain("variables a, c have no value. Give");
    expect(messageOf(() => render("{animal}", { animl: "secret" }))).toContain(
      "variables animal have no value. Values without a variable: animl. Give one for each.",
    );
    expect(messageOf(() => render("{a:d}", { a: "secret" }))).toBe(
      'Template field {a:d}: the type "d" is for numbers, and the value is a text.',
    );
    // Values as a caller without types gives them.
    const wrong = { a: ["secret"], b: new Date(0), c: () => "secret" } as unknown as Record<string, string>;
    expect(messageOf(() => render("{a}", wrong))).toContain("a list of 1 was given");
    expect(messageOf(() => render("{b:%Y}", wrong))).not.toContain("secret");
    expect(codeOf(() => render("{b}", wrong))).toBe("TEMPLATE_INVALID");
    expect(codeOf(() => render("{c}", wrong))).toBe("TEMPLATE_INVALID");
    expect(codeOf(() => promptTemplate(5 as unknown as string))).toBe("TEMPLATE_INVALID");
    expect(codeOf(() => render("{c}", null as unknown as Record<string, string>))).toBe("TEMPLATE_INVALID");
  });
});

describe("the types of a template", () => {
  it("know the variables of a literal", () => {
    expectTypeOf<TemplateVariables<"A {animal} in {style!r:>5} {_x:.2f}">>().toEqualTypeOf<"animal" | "style" | "_x">();
    expectTypeOf<TemplateVariables<'{"a": {x}} {1} {} { {{y}} {'>>().toEqualTypeOf<"x">();
    expectTypeOf<TemplateVariables<"{é} {Ärger}">>().toEqualTypeOf<"é" | "Ärger">();
    expectTypeOf<TemplateVariables<"plain">>().toEqualTypeOf<never>();
    expectTypeOf<TemplateVariables<"{a} {日}">>().toEqualTypeOf<string>();
    expectTypeOf<TemplateVariables<string>>().toEqualTypeOf<string>();
  });

  it("ask for a value for each variable, and for nothing else", () => {
    const prompt = promptTemplate("A {animal} in {style}");
    const shared = { animal: "cat", style: "oil", mood: "calm" };
    expect(prompt.render(shared)).toBe("A cat in oil");
    const wrong = () => {
      // @ts-expect-error style is missing
      prompt.render({ animal: "cat" });
      // @ts-expect-error misspelt
      prompt.render({ animal: "cat", stile: "oil" });
      // @ts-expect-error nothing is given
      prompt.render();
      // @ts-expect-error a list is no value
      prompt.render({ animal: ["cat"], style: "oil" });
      // @ts-expect-error there is no such variable
      prompt.render({ animal: "cat", style: "oil", animals: "cats" });
    };
    expect(wrong).toBeTypeOf("function");
  });

  it("take any values for a text that is not known before it runs", () => {
    const prompts: readonly PromptTemplate[] = [promptTemplate("A {animal}"), promptTemplate("A dog")];
    expect(prompts.map((prompt) => prompt.render({ animal: "cat" }))).toEqual(["A cat", "A dog"]);
    expectTypeOf(promptTemplate("{x}" as string)).toEqualTypeOf<PromptTemplate<string>>();
  });
});
