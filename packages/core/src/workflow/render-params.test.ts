import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import type { JsonObject } from "../json/json-value.js";
import { renderParams } from "./render-params.js";

describe("renderParams", () => {
  it("renders every text however deep, and leaves keys, numbers, true and null as they are", () => {
    const params: JsonObject = {
      style: "{style} painting",
      "{style}": 1,
      nested: { list: ["{animal}", 2, null, ["{{literal}}", true]], price: "{price:.2f}" },
    };
    const before = structuredClone(params);
    expect(renderParams(params, { style: "oil", animal: "{style}", price: 2 })).toEqual({
      style: "oil painting",
      "{style}": 1,
      nested: { list: ["{style}", 2, null, ["{literal}", true]], price: "2.00" },
    });
    expect(params).toEqual(before);
  });

  it("keeps a key named __proto__ as a key", () => {
    const params: JsonObject = JSON.parse('{"__proto__":{"a":"{x}"}}');
    const rendered = renderParams(params, { x: "cat" });
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"a":"cat"}}');
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
  });

  it("names the place of a text that cannot be rendered", () => {
    const render = () => renderParams({ deep: [{ text: "{missing}" }] }, {});
    expect(codeOf(render)).toBe("TEMPLATE_INVALID");
    expect(messageOf(render)).toContain('"params.deep.0.text": The template\'s variables missing have no value');
  });

  it("refuses what is no JSON", () => {
    // Params as a caller without types gives them.
    const strange = { when: new Date(0) } as unknown as JsonObject;
    expect(codeOf(() => renderParams(strange, {}))).toBe("TEMPLATE_INVALID");
    expect(messageOf(() => renderParams(strange, {}))).toContain('"when"');
  });
});
