import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, linesOf } from "./lines-of.js";

async function linesIn(
  text: string,
  pieceBytes: number,
  maxBytes: number,
): Promise<readonly [string, number, Line["end"]][]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
  }
  const lines: [string, number, Line["end"]][] = [];
  for await (const line of linesOf(chunks(), maxBytes)) {
    lines.push([Buffer.from(line.bytes).toString(), line.offset, line.end]);
  }
  return lines;
}

describe("linesOf", () => {
  it("gives lines with their place, and says when the last has no end", async () => {
    expect(await linesIn("ab\n\ncd", 100, 10)).toEqual([
      ["ab", 0, "whole"],
      ["", 3, "whole"],
      ["cd", 4, "torn"],
    ]);
    expect(await linesIn("", 100, 10)).toEqual([]);
  });

  it("says which line is too long, and reads nothing behind one without an end", async () => {
    expect(await linesIn("abcd\nef\n", 100, 3)).toEqual([
      ["abcd", 0, "too-long"],
      ["ef", 5, "whole"],
    ]);
    expect(await linesIn("a\nbcdefgh\n", 2, 3)).toEqual([
      ["a", 0, "whole"],
      ["bcde", 2, "too-long"],
    ]);
  });

  it("gives the same in whatever pieces a file comes", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "\n"), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 70 }), async (given, pieceBytes) => {
        expect(await linesIn(given, pieceBytes, 1_000)).toEqual(await linesIn(given, 10_000, 1_000));
      }),
    );
  });
});
