import { describe, expect, it } from "vitest";
import type { Cost } from "./cost.js";
import { totalCost, totalCostBy } from "./total-cost.js";

const dollars = (usd: number): Cost => ({ usd, unit: "request", quantity: 1 });
const unknown = (reason: string): Cost => ({ usd: null, reason });

describe("totalCost", () => {
  it("adds known costs as decimals", () => {
    expect(totalCost([dollars(0.1), dollars(0.2)])).toEqual({ usd: 0.3, knownUsd: 0.3, unknown: 0, reasons: [] });
  });

  it("is 0 for no calls", () => {
    expect(totalCost([])).toEqual({ usd: 0, knownUsd: 0, unknown: 0, reasons: [] });
  });

  it("is unknown as soon as one cost is, and says what is known and each reason once", () => {
    expect(totalCost([dollars(0.5), unknown("b"), unknown("a"), unknown("b")])).toEqual({
      usd: null,
      knownUsd: 0.5,
      unknown: 3,
      reasons: ["b", "a"],
    });
  });
});

describe("totalCostBy", () => {
  it("totals each group, in the order of their first items", () => {
    const calls = [
      { model: "veo", cost: dollars(0.5) },
      { model: "seedream", cost: dollars(0.1) },
      { model: "seedream", cost: dollars(0.2) },
      { model: "veo", cost: unknown("no asset has a duration") },
    ];
    const totals = totalCostBy(
      calls,
      ({ model }) => model,
      ({ cost }) => cost,
    );
    expect([...totals]).toEqual([
      ["veo", { usd: null, knownUsd: 0.5, unknown: 1, reasons: ["no asset has a duration"] }],
      ["seedream", { usd: 0.3, knownUsd: 0.3, unknown: 0, reasons: [] }],
    ]);
  });
});
