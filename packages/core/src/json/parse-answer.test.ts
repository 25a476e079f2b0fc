import { describe, expect, it } from "vitest";
import { parseAnswer } from "./parse-answer.js";

describe("the JSON of an answer", () => {
  it.each([
    '{"a":1}',
    ' {"a":1}\n',
    '```json\n{"a":1}\n```',
    '```JSON\r\n{"a":1}\r\n```\r\n',
    '```\n{"a":1}\n```',
    '\n\n```json  \n{\n"a":1}```  ',
  ])("is read as it is, or out of one fence: %j", (text) => {
    expect(parseAnswer(text)).toEqual({ a: 1 });
  });

  it("may have backquotes in its texts", () => {
    expect(parseAnswer('```json\n{"a":"```b```"}\n```')).toEqual({ a: "```b```" });
    expect(parseAnswer('"```json\\n1\\n```"')).toBe("```json\n1\n```");
  });

  it.each([
    "",
    "```json\n```",
    'Here it is:\n```json\n{"a":1}\n```',
    '```json\n{"a":1}\n```\nDone.',
    '```json\n{"a":1}\n```\n```json\n{"a":2}\n```',
    '```python\n{"a":1}\n```',
    '```json {"a":1}```',
    "```",
  ])("is none with words around it, in another language, or twice: %j", (text) => {
    expect(() => parseAnswer(text)).toThrow(SyntaxError);
  });
});
