import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { chooseVersion } from "../../src/workflow/choose-version.js";
import { type ArmOutcome, compareArms } from "../../src/workflow/compare-arms.js";
import { type StopRuleOptions, stopRule } from "../../src/workflow/stop-rule.js";
import { workflowStore } from "../../src/workflow/workflow-store.js";
import { codeOf, messageOf, rejection } from "../thrown.js";
import { poster } from "./workflow-support.js";

describe("chooseVersion", () => {
  const [now, next] = [poster("now"), poster("next")];

  async function trial() {
    const store = workflowStore(memoryStorage());
    for (const each of [now, next]) await store.save(each);
    await store.setLabel("poster", "production", now.id);
    return store;
  }

  it("gives everyone the version in production while there is no candidate", async () => {
    const store = await trial();
    expect(await chooseVersion(store, "poster", { candidate: 100, key: "u" })).toEqual({
      id: now.id,
      label: "production",
      reason: "there is no candidate",
    });
    const error = await rejection(chooseVersion(store, "other", { candidate: 10, key: "u" }));
    expect(error.code).toBe("STORAGE_NOT_FOUND");
  });

  it("keeps a key on its version, and lets keys go over to the candidate only as it grows", async () => {
    const store = await trial();
    await store.setLabel("poster", "candidate", next.id);
    const keys = Array.from({ length: 400 }, (_, index) => `user ${index}`);
    let before = new Set<string>();
    for (const percent of [0, 10, 10, 50, 100]) {
      const chosen = new Set<string>();
      for (const key of keys) {
        const { id, label, reason } = await chooseVersion(store, "poster", { candidate: percent, key });
        expect(id).toBe(label === "candidate" ? next.id : now.id);
        expect(reason).toMatch(/^bucket \d{1,4} of 10000; the candidate has \d+ %$/);
        if (label === "candidate") chosen.add(key);
      }
      expect([...before].every((key) => chosen.has(key))).toBe(true);
      expect(Math.abs(chosen.size / 4 - percent)).toBeLessThan(6);
      before = chosen;
    }
    expect(before.size).toBe(400);
  });

  it("deals keys anew under another salt", async () => {
    const store = await trial();
    await store.setLabel("poster", "candidate", next.id);
    const choices = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const options = { candidate: 50, key: `user ${index}` };
        const [one, two] = [
          await chooseVersion(store, "poster", options),
          await chooseVersion(store, "poster", { ...options, salt: "s" }),
        ];
        return one.id === two.id;
      }),
    );
    expect(new Set(choices).size).toBe(2);
    expect((await rejection(chooseVersion(store, "poster", { candidate: 101, key: "u" }))).code).toBe("INVALID_OPTION");
  });
});

const outcome = (arm: string, more: Partial<ArmOutcome> = {}): ArmOutcome => ({
  arm,
  failed: false,
  latencyMs: 100,
  costUsd: 0.1,
  ...more,
});
const many = (arm: string, runs: number, failures: number, scores: readonly number[] = []): ArmOutcome[] =>
  Array.from({ length: runs }, (_, index) =>
    outcome(arm, {
      failed: index < failures,
      ...(scores.length === 0 ? {} : { score: scores[index % scores.length] }),
    }),
  );

describe("compareArms", () => {
  it("counts runs and failures, and measures latency, cost and score of each arm", () => {
    const scores = [1, 2, 3, 4, 5];
    const runs = scores.map((score, index) => outcome("b", { score, latencyMs: (index + 1) * 10 }));
    const comparison = compareArms([
      ...runs,
      outcome("a", { failed: true, costUsd: null }),
      outcome("b", { failed: true, latencyMs: 9_999, costUsd: 0.2 }),
    ]);
    expect(comparison).toEqual({
      arms: [
        {
          arm: "a",
          runs: 1,
          failures: 1,
          failureRate: 1,
          latencyMs: { p50: null, p95: null },
          costUsd: null,
          score: undefined,
        },
        {
          arm: "b",
          runs: 6,
          failures: 1,
          failureRate: 1 / 6,
          latencyMs: { p50: 30, p95: 50 },
          costUsd: 0.7,
          // Mean 3, variance 2.5, t of 4 degrees of freedom 2.776445.
          score: {
            count: 5,
            mean: 3,
            variance: 2.5,
            interval: [expect.closeTo(1.036757, 6), expect.closeTo(4.963243, 6)],
          },
        },
      ],
    });
  });

  it("has no interval of a single score, and nothing of no outcome", () => {
    expect(compareArms([outcome("a", { score: 2 })]).arms[0]?.score).toEqual({
      count: 1,
      mean: 2,
      variance: null,
      interval: null,
    });
    expect(compareArms([])).toEqual({ arms: [] });
  });

  it("does not mind the order", () => {
    const any = fc.record({
      arm: fc.constantFrom("a", "b"),
      failed: fc.boolean(),
      latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      costUsd: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      score: fc.double({ min: -10, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (outcomes) => {
        expect(compareArms(outcomes.toReversed())).toEqual(compareArms(outcomes));
      }),
    );
  });

  it("refuses what is no outcome, naming its place", () => {
    const wrong = outcome("a", { latencyMs: Number.NaN });
    expect(codeOf(() => compareArms([wrong]))).toBe("INVALID_OPTION");
    expect(messageOf(() => compareArms([outcome("a"), wrong]))).toContain("outcome 1 must be");
  });
});

describe("stopRule", () => {
  const rule: StopRuleOptions = { minRuns: 50, maxFailureRate: 0.1 };
  const decide = (outcomes: readonly ArmOutcome[], options: Partial<StopRuleOptions> = {}) =>
    stopRule(compareArms(outcomes), { ...rule, ...options });

  it("goes on until both arms have enough runs", () => {
    expect(decide([])).toEqual({
      decision: "continue",
      reason: "production has 0 and candidate 0 runs; 50 of each are needed.",
    });
    expect(decide([...many("production", 500, 0), ...many("candidate", 49, 0)]).decision).toBe("continue");
    expect(decide(many("candidate", 100, 0), { maxFailureRate: 0 }).decision).toBe("continue");
  });

  it("stops at once when the candidate fails far too often", () => {
    expect(decide([...many("production", 5, 0), ...many("candidate", 8, 7)])).toEqual({
      decision: "stop",
      reason: "7 of 8 runs of candidate failed: more than 10 % even at best.",
    });
    expect(decide(many("candidate", 2, 1)).decision).toBe("continue");
  });

  it("stops when the candidate fails more often than it may, or significantly more often than production", () => {
    const usual = many("production", 1_000, 10);
    expect(decide([...usual, ...many("candidate", 100, 11)]).reason).toContain(
      "11 of 100 runs of candidate failed: more than 10 %",
    );
    // p = 15 / 1,100, so z = 0.04 / sqrt(p (1 - p) (1 / 1,000 + 1 / 100)) = 3.29.
    expect(decide([...usual, ...many("candidate", 100, 5)])).toEqual({
      decision: "stop",
      reason: "5 of 100 runs of candidate failed, significantly more (z = 3.29): 10 of 1000 runs of production failed.",
    });
    expect(decide([...usual, ...many("candidate", 100, 2)]).decision).toBe("continue");
  });

  it("promotes a candidate whose scores are better, and stops one whose scores are worse", () => {
    const usual = many("production", 60, 0, [1, 2, 3]);
    const better = decide([...usual, ...many("candidate", 60, 0, [2, 3, 4])]);
    // Variance 40 / 59 of both; t of 118 degrees of freedom 1.980272.
    expect(better).toEqual({
      decision: "promote",
      reason: "The mean score of candidate is 0.702 to 1.30 above that of production (95 %): better by more than 0.",
    });
    expect(decide([...usual, ...many("candidate", 60, 0, [2, 3, 4])], { minGain: 0.8 }).decision).toBe("continue");
    expect(decide([...usual, ...many("candidate", 60, 0, [0, 1, 2])]).decision).toBe("stop");
    expect(decide([...usual, ...many("candidate", 60, 0, [1, 2, 3])]).decision).toBe("continue");
    expect(decide([...many("production", 50, 0, [1]), ...many("candidate", 50, 0, [2])]).decision).toBe("promote");
  });

  it("promotes a candidate that fails significantly less", () => {
    const verdict = decide([...many("production", 400, 30), ...many("candidate", 400, 5)]);
    expect(verdict).toEqual({
      decision: "promote",
      reason: "5 of 400 runs of candidate failed, significantly fewer: 30 of 400 runs of production failed.",
    });
  });

  it("ends a trial without a difference at maxRuns, as it was told", () => {
    const equal = [...many("production", 100, 1), ...many("candidate", 100, 1)];
    expect(decide(equal, { maxRuns: 101 }).decision).toBe("continue");
    expect(decide(equal, { maxRuns: 100 }).decision).toBe("stop");
    expect(decide(equal, { maxRuns: 100, whenEqual: "promote" })).toEqual({
      decision: "promote",
      reason:
        "No difference between production and candidate is shown after 100 and 100 runs, and the trial ends at 100.",
    });
  });

  it("takes arms of other names, and refuses options that do not fit", () => {
    const arms = [...many("old", 50, 0, [1, 2]), ...many("new", 50, 0, [8, 9])];
    expect(decide(arms, { production: "old", candidate: "new" }).decision).toBe("promote");
    expect(codeOf(() => decide([], { minRuns: 0 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => decide([], { maxFailureRate: 2 }))).toBe("INVALID_OPTION");
  });
});
