import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText } from "./clean-text.js";
import { formatTotal, formatUsd } from "./format-cost.js";
import { formatDuration } from "./format-duration.js";
import { fitText, padText, textWidth } from "./text-width.js";
import { timeTicks } from "./time-ticks.js";

describe("formatUsd", () => {
  it.each([
    [0, "$0"],
    [1e-9, "< $0.000001"],
    [0.0000012, "$0.0000012"],
    [0.0042, "$0.0042"],
    [0.03, "$0.03"],
    [0.45, "$0.45"],
    [12.3, "$12.30"],
  ])("writes %d as %s", (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });

  it("says what an unknown total is at least", () => {
    const unknown = { usd: null, unknown: 1, reasons: ["no card"] };
    expect(formatTotal({ ...unknown, knownUsd: 0.5 })).toBe("> $0.50");
    expect(formatTotal({ ...unknown, knownUsd: 0 })).toBe("unknown");
  });
});

describe("formatDuration", () => {
  it("goes over to the next unit where rounding would fill it", () => {
    expect([999.4, 999.5, 59_950, 3_599_400, 3_599_500, 7_385_000].map(formatDuration)).toEqual([
      "999 ms",
      "1.0 s",
      "1:00 min",
      "59:59 min",
      "1:00:00 h",
      "2:03:05 h",
    ]);
  });
});

describe("timeTicks", () => {
  it.each([
    [3, [0, 1, 2, 3]],
    [0, [0]],
    [47_000, [0, 10_000, 20_000, 30_000, 40_000]],
    [10_800_000, [0, 1_800_000, 3_600_000, 5_400_000, 7_200_000, 9_000_000, 10_800_000]],
  ])("of %d ms are %j", (elapsedMs, ticks) => {
    expect(timeTicks(elapsedMs, 6)).toEqual(ticks);
  });

  it("are never more than asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e14, noNaN: true }), (elapsedMs) => {
        expect(timeTicks(elapsedMs, 6).length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe("names", () => {
  it("keep both ends when they are cut, and count wide characters twice", () => {
    expect(fitText("shots[12].background-music", 12)).toBe("shots[…music");
    expect(textWidth("图像e\u0301")).toBe(5);
    expect(padText("图像图像", 6)).toBe("图…像 ");
  });

  it("always fit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 20 }), (text, cells) => {
        expect(textWidth(padText(cleanText(text), cells))).toBe(cells);
      }),
    );
  });

  it("are one short line that keeps the joiners of scripts and emoji", () => {
    expect(cleanText("a\r\n\tb\u2028c\u0007\u2066d\ud800")).toBe("a b c��d�");
    expect(cleanText("👩\u200D👧")).toBe("👩\u200D👧");
    expect(cleanText("x".repeat(1_000_000)).length).toBe(1_001);
  });
});
