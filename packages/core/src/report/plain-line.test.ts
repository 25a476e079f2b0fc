import { describe, expect, it } from "vitest";
import type { RunEvent } from "../run/run-events.js";
import { plainLine } from "./plain-line.js";

const place = { sequence: 0, timestamp: "2026-01-15T12:00:00Z", runId: "r" };
const step = { ...place, step: "clip", stepId: "s", stepIndex: 0, totalSteps: 1, provider: "veo", model: "v" };
const other = { provider: "luma", model: "ray" };

describe("plainLine", () => {
  it.each<[RunEvent, string]>([
    [
      {
        ...{ ...step, type: "step.retried", phase: "submit", attempt: 1, maxAttempts: 6, delayMs: 2_000 },
        ...{ errorCode: "RATE_LIMITED", error: "slow down" },
      },
      "  clip: submit 1 of 6 failed, again in 2.0 s: slow down",
    ],
    [
      { ...step, type: "step.fallback", from: other, errorCode: "MODEL_ERROR", error: "gone", isPassedOver: false },
      "  clip: goes on with veo/v, since luma/ray failed: gone",
    ],
    [{ ...step, type: "step.hedged", beside: other }, "  clip: is slow; luma/ray is asked too"],
    [
      { ...step, type: "step.outrun", loser: other, isCancelled: true },
      "  clip: luma/ray was slower and was called back",
    ],
    [
      { ...place, type: "budget.threshold", scope: "day", spentUsd: 8, reservedUsd: 0, capUsd: 10, fraction: 0.8 },
      "budget of the day: 8 of 10 USD are spent",
    ],
    [
      { ...place, type: "budget.overrun", what: 'step "clip"', reservedUsd: 1, spentUsd: 1.5, overrunUsd: 0.5 },
      'step "clip" cost 1.5 USD, 0.5 more than was kept back for it',
    ],
    [
      { ...place, type: "budget.unknown", what: 'step "clip"', spentUsd: 1 },
      'what step "clip" cost is not known; 1 USD count as spent',
    ],
  ])("says what $0.type tells of", (event, line) => {
    expect(plainLine(event)).toBe(line);
  });
});
