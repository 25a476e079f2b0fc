import { describe, expect, it } from "vitest";
import { completed, ended, progress, started, step } from "../../test/webhook-support.js";
import type { RunEvent } from "../run/run-events.js";
import { createStepCounts } from "./step-counts.js";
import { toPythonWebhook } from "./to-python-webhook.js";

const timestamp = "2026-01-15T12:00:00.250000+00:00";
const base = { sequence: 3, timestamp: "2026-01-15T12:00:00Z", runId: "run-1" };

describe("toPythonWebhook", () => {
  it("has the event's name under `event`, and the time as Python writes it", () => {
    expect(toPythonWebhook(started(), 2)).toEqual({
      event: "pipeline.started",
      run_id: "run-1",
      pipeline_name: "poster",
      step_count: 2,
      timestamp,
    });
    expect(toPythonWebhook({ ...base, ...step, type: "step.started" }, 2)).toEqual({
      event: "step.started",
      run_id: "run-1",
      step_id: "step-id",
      provider: "acme",
      model: "m",
      timestamp: "2026-01-15T12:00:00+00:00",
    });
  });

  it("gives the end of a step in seconds of two decimals, with the run that Python leaves out", () => {
    const end = {
      run_id: "run-1",
      step_id: "step-id",
      step_index: 0,
      total_steps: 2,
      provider: "acme",
      model: "m",
      elapsed_sec: 1.24,
    };
    expect(toPythonWebhook(completed(3), 2)).toEqual({
      event: "step.completed",
      ...end,
      status: "succeeded",
      timestamp,
    });
    const failed = { ...base, ...step, type: "step.failed", elapsedMs: 1_236, error: "no" } as const;
    const pythonBase = { event: "step.failed", ...end, timestamp: "2026-01-15T12:00:00+00:00" };
    expect(toPythonWebhook({ ...failed, status: "failed" }, 2)).toEqual({ ...pythonBase, status: "failed" });
    expect(toPythonWebhook({ ...failed, status: "cancelled" }, 2)).toEqual({ ...pythonBase, status: "cancelled" });
    expect(toPythonWebhook({ ...failed, status: "skipped" }, 2)).toEqual({ ...pythonBase, status: "cancelled" });
  });

  it("gives the end of a run with its hash where there is one, and a run that waits as one that goes on", () => {
    const end = { event: "pipeline.completed", run_id: "run-1", step_count: 2, timestamp };
    expect(toPythonWebhook(ended(9), 2)).toEqual({ ...end, status: "completed", canonical_hash: "ab".repeat(32) });
    const waiting = { ...ended(9), status: "waiting", manifestHash: "" } as RunEvent;
    expect(toPythonWebhook(waiting, 2)).toEqual({ ...end, status: "running" });
  });

  it("has nothing for what Python does not send", () => {
    const others: readonly RunEvent[] = [
      progress(1),
      { ...base, type: "pipeline.resumed", pipeline: "poster", totalSteps: 2 },
      { ...base, ...step, type: "step.queued", reason: "serial" },
      { ...base, ...step, type: "step.expanded", body: "b", steps: [] },
      { ...base, ...step, type: "step.decided", name: "n", value: 1, reason: "r" },
      { ...base, ...step, type: "step.waiting", question: {} },
      { ...base, ...step, type: "step.answered", answer: 1 },
      { ...base, ...step, type: "step.rejected", attempt: 1, by: "schema", reason: "r" },
    ];
    expect(others.map((event) => toPythonWebhook(event, 2))).toEqual(others.map(() => undefined));
  });
});

describe("the counts of steps", () => {
  it("remember the most that a run was known to have until it ends", () => {
    const counts = createStepCounts();
    expect(counts.count(started("a"))).toBe(2);
    expect(counts.count({ ...base, ...step, runId: "a", type: "step.started", totalSteps: 5 })).toBe(5);
    expect(counts.count({ ...base, ...step, runId: "a", type: "step.started", totalSteps: 4 })).toBe(5);
    expect(counts.count(ended(9, "b"))).toBe(0);
    expect(counts.count(ended(9, "a"))).toBe(5);
    expect(counts.count(ended(9, "a"))).toBe(0);
  });

  it("forget the oldest of ten thousand runs whose end is not heard of", () => {
    const counts = createStepCounts();
    for (let index = 0; index <= 10_000; index += 1) counts.count(started(`run-${index}`));
    expect([counts.count(ended(9, "run-0")), counts.count(ended(9, "run-1"))]).toEqual([0, 2]);
  });
});
