import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../src/retry/parse-retry-after.js";
import { retryDelayMs } from "../src/retry/retry-delay.js";
import { retryPolicies, toRetryPolicy } from "../src/retry/retry-policy.js";
import { readRows } from "./support/golden.js";

interface DelayRow {
  readonly kind: "compute_delay";
  readonly id: string;
  readonly policy: string;
  readonly max_attempts: number;
  readonly initial_backoff_sec: number;
  readonly max_backoff_sec: number;
  readonly backoff_multiplier: number;
  readonly respect_retry_after: boolean;
  readonly attempt: number;
  readonly retry_after: number | null;
  readonly value: number;
}

interface HeaderRow {
  readonly kind: "retry_after";
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: number | null;
}

const rows = readRows<DelayRow | HeaderRow>("retry.jsonl");
const delays = rows.filter((row) => row.kind === "compute_delay");
const headers = rows.filter((row) => row.kind === "retry_after");
const now = Date.UTC(2026, 0, 15, 12);
/** Header names in capitals are read here; Python reads two spellings only. */
const differing = new Map([["r133", 5_000]]);

it("has all 89 rows", () => {
  expect([delays.length, headers.length]).toEqual([80, 9]);
});

describe("golden waits", () => {
  it.each(delays)("$id: waits as long as Python does without jitter", (row) => {
    const policy = toRetryPolicy({
      maxAttempts: row.max_attempts,
      firstDelayMs: row.initial_backoff_sec * 1_000,
      longestDelayMs: row.max_backoff_sec * 1_000,
      growth: row.backoff_multiplier,
      jitter: "none",
      respectRetryAfter: row.respect_retry_after,
    });
    const retryAfterMs = row.retry_after === null ? undefined : row.retry_after * 1_000;
    expect(retryDelayMs(policy, row.attempt, { retryAfterMs, random: () => 0.5 })).toBe(row.value * 1_000);
  });

  it.each(["default", "conservative", "aggressive"] as const)("has the numbers of Python's %s policy", (name) => {
    const row = delays.find(({ policy }) => policy === name);
    const { maxAttempts, firstDelayMs, longestDelayMs, growth, jitter } = retryPolicies[name];
    expect([maxAttempts, firstDelayMs / 1_000, longestDelayMs / 1_000, growth, jitter]).toEqual([
      row?.max_attempts,
      row?.initial_backoff_sec,
      row?.max_backoff_sec,
      row?.backoff_multiplier,
      "full",
    ]);
  });
});

describe("golden Retry-After headers", () => {
  it.each(headers)("$id: are waited for as in Python", ({ id, headers, value }) => {
    const read = parseRetryAfter(headers, now);
    const waited = read === undefined ? null : Math.min(read, retryPolicies.default.longestRetryAfterMs);
    expect(waited).toBe(differing.get(id) ?? (value === null ? null : value * 1_000));
  });
});
