import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffWords } from "./diff-words.js";
import { longestCommon } from "./longest-common.js";

describe("diffWords", () => {
  const text = fc
    .array(fc.constantFrom("boat", "rain", "a", " ", "\n", "ünï"), { maxLength: 30 })
    .map((each) => each.join(" "));

  it("keeps both texts whole", () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const parts = diffWords(left, right);
        const side = (other: string) =>
          parts
            .filter(({ kind }) => kind !== other)
            .map((part) => part.text)
            .join("");
        expect([side("added"), side("removed")]).toEqual([left, right]);
        expect(parts.every((part, index) => part.kind !== parts[index + 1]?.kind)).toBe(true);
      }),
    );
  });

  it("is bounded: of texts that are too long nothing in the middle is the same", () => {
    const left = `begin ${"x y ".repeat(2_500)}end`;
    const right = `begin ${"y z ".repeat(2_500)}end`;
    expect(diffWords(left, right).map(({ kind }) => kind)).toEqual(["same", "removed", "added", "same"]);
  });
});

describe("longestCommon", () => {
  it("finds as much as any other common subsequence", () => {
    const list = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
    const longest = (left: readonly string[], right: readonly string[]): number => {
      const [first, ...others] = left;
      if (first === undefined) return 0;
      const place = right.indexOf(first);
      const without = longest(others, right);
      return place === -1 ? without : Math.max(without, 1 + longest(others, right.slice(place + 1)));
    };
    fc.assert(
      fc.property(list, list, (left, right) => {
        const pairs = longestCommon(left, right);
        expect(pairs).toHaveLength(longest(left, right));
        for (const [index, pair] of pairs.entries()) {
          expect(left[pair.left]).toBe(right[pair.right]);
          const next = pairs[index + 1];
          if (next !== undefined) expect(next.left > pair.left && next.right > pair.right).toBe(true);
        }
      }),
    );
  });
});
