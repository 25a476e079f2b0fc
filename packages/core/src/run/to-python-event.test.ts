import { describe, expect, it } from "vitest";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { createRuntime } from "./runtime.js";
import { toPythonEvent } from "./to-python-event.js";

// Field names and order of the Python library's events (its schemas forbid any other field).
const fields: Readonly<Record<string, readonly string[]>> = {
  "pipeline.started": ["type", "timestamp", "run_id", "total_steps", "message"],
  "pipeline.completed": ["type", "timestamp", "run_id", "run_status", "manifest_hash"],
  "pipeline.failed": ["type", "timestamp", "run_id", "message", "run_status", "manifest_hash"],
  "step.queued": ["type", "timestamp", "run_id", "step_id", "step_index", "total_steps", "provider", "model", "reason"],
  "step.started": ["type", "timestamp", "run_id", "step_id", "step_index", "total_steps", "provider", "model"],
  "step.progress": [
    "type",
    "timestamp",
    "run_id",
    "step_id",
    "provider",
    "model",
    "elapsed_sec",
    "is_heartbeat",
    "data",
  ],
  "step.completed": [
    ...["type", "timestamp", "run_id", "step_id", "step_index", "total_steps", "provider", "model", "elapsed_sec"],
    "step_status",
  ],
  "step.failed": [
    ...["type", "timestamp", "run_id", "step_id", "step_index", "total_steps", "provider", "model", "elapsed_sec"],
    ...["step_status", "error"],
  ],
};

describe("toPythonEvent", () => {
  it("gives each event just the fields that Python's closed schemas allow", async () => {
    const image = scriptedProvider({ yields: "image" });
    const broken = scriptedProvider({
      yields: "image",
      script: [{ kind: "failed", error: new GenblazeError("RATE_LIMITED", "later") }],
    });
    const seen = new Set<string>();
    for (const last of [image, broken]) {
      const run = new Pipeline("p")
        .step(image, { name: "a", model: "m" })
        .step(last, { name: "b", model: "m" })
        .step(scriptedProvider({ yields: "video", accepts: ["image"] }), { model: "m", inputs: ["b"] })
        .start({ throwOnFailure: false, runtime: createRuntime({ clock: createFakeClock() }) });
      for await (const event of run.events) {
        const python = toPythonEvent(event) ?? {};
        expect(Object.keys(python), event.type).toEqual(fields[event.type]);
        expect(python.timestamp).toBe("2026-01-15T12:00:00.000000Z");
        seen.add(event.type);
      }
    }
    expect([...seen].toSorted()).toEqual(Object.keys(fields).toSorted());
  });

  it("calls a skipped step cancelled, since Python knows no skipping", () => {
    const base = {
      sequence: 0,
      timestamp: "2026-01-15T12:00:00.123000Z",
      runId: "r",
      step: "s",
      stepId: "i",
      stepIndex: 0,
    };
    const skipped = {
      ...base,
      totalSteps: 1,
      provider: "p",
      model: "m",
      type: "step.failed",
      status: "skipped",
    } as const;
    expect(toPythonEvent({ ...skipped, elapsedMs: 1500, error: "e" })).toMatchObject({
      step_status: "cancelled",
      elapsed_sec: 1.5,
    });
  });
});
