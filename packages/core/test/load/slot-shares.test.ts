import { describe, expect, it } from "vitest";
import { slotShares } from "./slot-shares.js";

const use = (run: string, beganAt: number, endedAt: number) => ({ run, beganAt, endedAt });

describe("the shares of slots", () => {
  it("are 1 for runs that have the same number of slots while both have work", () => {
    const uses = [
      use("a", 0, 10),
      use("b", 0, 10),
      use("a", 10, 20),
      use("b", 10, 20),
      use("b", 20, 30),
      use("b", 20, 30),
    ];
    const { most, shares } = slotShares(uses);
    expect([most, [...shares]]).toEqual([
      2,
      [
        ["a", 1],
        ["b", 1],
      ],
    ]);
  });

  it("are less for a run that waits while another has more", () => {
    const uses = [
      use("a", 0, 10),
      use("a", 0, 10),
      use("a", 0, 10),
      use("b", 0, 10),
      use("a", 10, 20),
      use("b", 10, 20),
    ];
    const { most, shares } = slotShares(uses);
    expect([most, [...shares]]).toEqual([
      4,
      [
        ["a", 1.5],
        ["b", 0.5],
      ],
    ]);
  });

  it("count a job that ends when another begins as gone", () => {
    expect(slotShares([use("a", 0, 10), use("a", 10, 20)]).most).toBe(1);
    expect(slotShares([]).most).toBe(0);
  });
});
