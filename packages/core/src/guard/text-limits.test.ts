import { describe, expect, it } from "vitest";
import { promptCheck } from "../../test/guard-support.js";
import { messageOf } from "../../test/thrown.js";
import { textLimits } from "./text-limits.js";

describe("limits of texts", () => {
  it.each([
    ["8192 bytes in one segment", "x".repeat(8192), { allowed: true }],
    [
      "8193 bytes in one segment",
      "x".repeat(8193),
      { allowed: false, reason: "One of the texts has 8193 bytes in UTF-8; at most 8192 are allowed." },
    ],
    [
      "8193 bytes in few characters",
      "€".repeat(2731),
      { allowed: false, reason: "One of the texts has 8193 bytes in UTF-8; at most 8192 are allowed." },
    ],
    ["32768 bytes in all", [...Array<string>(3).fill("x".repeat(8190)), "x".repeat(8192)], { allowed: true }],
    [
      "32769 bytes in all",
      [...Array<string>(3).fill("x".repeat(8191)), "x".repeat(8190)],
      { allowed: false, reason: "The words have 32769 bytes in UTF-8; at most 32768 are allowed." },
    ],
    ["no words", [], { allowed: true }],
    [
      "one text of many short paragraphs, which is one text",
      "x\n\n".repeat(2731),
      { allowed: false, reason: "One of the texts has 8193 bytes in UTF-8; at most 8192 are allowed." },
    ],
  ])("judge %s", (_, given, verdict) => {
    const texts = [given].flat();
    expect(textLimits().checkPrompt?.(promptCheck(texts.join("\n\n"), { texts }))).toEqual(verdict);
  });

  it.each([
    [{ maxSegmentBytes: 0 }, 'textLimits(options): option "maxSegmentBytes": at least 1 is expected; the number 0'],
    [{ maxTotalBytes: 1.5 }, 'option "maxTotalBytes": a whole number of bytes is expected; the number 1.5 was given.'],
    [{ maxBytes: 1 }, 'there is no option "maxBytes".'],
  ])("refuse the options %j", (options, message) => {
    expect(messageOf(() => Reflect.apply(textLimits, undefined, [options]))).toContain(message);
  });
});
