import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { createAbortControl } from "./abort-source.js";
import { watchIdle } from "./idle-watch.js";

/** A watch of a second on a clock that can be set without its alarms. */
function open() {
  const clock = createFakeClock();
  let setByMs = 0;
  const watch = watchIdle({
    // Of a step it needs what its message says.
    step: { key: "clip", provider: { name: "acme" } } as ProviderStep,
    idleTimeoutMs: 1_000,
    timers: { now: () => clock.now() + setByMs, schedule: clock.schedule },
    abort: createAbortControl(),
  });
  return {
    clock,
    watch,
    setClock(byMs: number) {
      setByMs += byMs;
    },
  };
}

describe("watchIdle", () => {
  it("does not take a clock that is set forward for silence", async () => {
    const { clock, watch, setClock } = open();
    await clock.advance(900);
    watch.notice({ fraction: 0.5 });
    setClock(3_600_000);
    await clock.advance(999);
    expect(watch.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(watch.signal.reason).toMatchObject({ code: "TIMED_OUT", details: { limit: "idle" } });
  });

  it("waits no longer when the clock is set back", async () => {
    const { clock, watch, setClock } = open();
    setClock(-3_600_000);
    await clock.advance(1_000);
    expect([watch.signal.aborted, clock.pending]).toEqual([true, 0]);
  });

  it("has one alarm, and none once it is over, whatever is told after that", async () => {
    const { clock, watch } = open();
    watch.notice({ message: "in the queue" });
    watch.notice({ fraction: 0.5 });
    expect(clock.pending).toBe(1);
    watch.close();
    watch.notice({ fraction: 0.6 });
    expect(clock.pending).toBe(0);
    const other = open();
    await other.clock.advance(1_000);
    other.watch.notice({ fraction: 0.5 });
    expect(other.clock.pending).toBe(0);
  });
});
