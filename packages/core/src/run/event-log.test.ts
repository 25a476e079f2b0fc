import { describe, expect, it } from "vitest";
import { silentLogger } from "../provider/logger.js";
import { createEventLog } from "./event-log.js";
import type { RunEvent } from "./run-events.js";

function resumed(sequence: number): RunEvent {
  return {
    type: "pipeline.resumed",
    sequence,
    timestamp: "2026-01-15T12:00:00Z",
    runId: "r",
    pipeline: "p",
    totalSteps: 1,
  };
}

/** A log of a run that begins, with a journal that has all its events up to a number. */
function begun(inJournal = -1) {
  const log = createEventLog(silentLogger);
  const runId = "r";
  async function* earlier(after: number): AsyncGenerator<RunEvent, void> {
    for (let sequence = after + 1; sequence <= inJournal; sequence++) yield resumed(sequence);
  }
  log.begin({ runId, nextEvent: 0, earlier });
  return log;
}

describe("createEventLog", () => {
  it("gives the events of long runs to who reads them at the end, more than a call has arguments", async () => {
    const count = 300_000;
    const log = begun(count - 1);
    for (let sequence = 0; sequence < count; sequence++) log.publish(() => [resumed(sequence)]);
    log.close();
    let read = 0;
    for await (const event of log) expect(event.sequence).toBe(read++);
    expect(read).toBe(count);
  });

  it("calls who listens to a type before who listens to all, and a listener that another adds from the next event on", () => {
    const log = createEventLog(silentLogger);
    const seen: string[] = [];
    log.on("*", ({ sequence }) => seen.push(`all ${sequence}`));
    log.on("pipeline.resumed", ({ sequence }) => {
      seen.push(`first ${sequence}`);
      if (sequence === 0) log.on("pipeline.resumed", (event) => seen.push(`added ${event.sequence}`));
    });
    log.publish(() => [resumed(0), resumed(1)]);
    expect(seen).toEqual(["first 0", "all 0", "first 1", "added 1", "all 1"]);
  });
});
