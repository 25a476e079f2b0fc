import { describe, expect, it } from "vitest";
import { z } from "zod";
import { outputCheck } from "../../test/guard-support.js";
import { messageOf } from "../../test/thrown.js";
import { jsonSchema } from "./json-schema.js";

const { name, checkOutput, checkPrompt } = jsonSchema(z.object({ title: z.string("a title is expected") }));
const text = (words: string, more = {}) => outputCheck({ yields: "text", text: words, ...more });

describe("a JSON schema as a guard", () => {
  it("looks at outputs only", () => {
    expect([name, checkPrompt]).toEqual(["JSON schema", undefined]);
  });

  it.each([
    ["a text that fits", text('{"title":"x"}'), { allowed: true }],
    ["a text that fits in a Markdown fence", text('```json\n{"title":"x"}\n```'), { allowed: true }],
    ["a value that fits", outputCheck({ yields: "text", json: { title: "x" } }), { allowed: true }],
    ["no JSON", text("title: x"), { allowed: false, reason: "The text is not JSON." }],
    ["an empty text", text(""), { allowed: false, reason: "The text is not JSON." }],
    [
      "a misfit",
      text('{"title":1}'),
      { allowed: false, reason: 'The JSON does not fit the schema: "title": a title is expected' },
    ],
    [
      "a private misfit",
      text('{"title":1}', { isPrivate: true }),
      { allowed: false, reason: "The JSON does not fit the schema." },
    ],
    ["a picture", outputCheck(), { allowed: true, notChecked: "a step that makes image has no JSON to check" }],
  ])("judges %s", async (_, check, verdict) => {
    expect(await checkOutput?.(check)).toEqual(verdict);
  });

  it("refuses what its schema throws at", async () => {
    const throwing = jsonSchema({
      "~standard": {
        version: 1,
        validate: () => {
          throw new Error("too odd");
        },
      },
    });
    expect(await throwing.checkOutput?.(text("1"))).toEqual({
      allowed: false,
      reason: "The JSON does not fit the schema: the schema threw: too odd",
    });
  });

  it("refuses to be made of something else than a schema", () => {
    expect(messageOf(() => Reflect.apply(jsonSchema, undefined, [{ type: "object" }]))).toBe(
      "jsonSchema(schema): a zod schema (or other Standard Schema) is expected; an object was given.",
    );
  });
});
