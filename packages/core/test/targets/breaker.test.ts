import { describe, expect, it } from "vitest";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { createFakeClock } from "../support.js";
import { finishRun, refusal, vendor } from "./targets-support.js";

const down = () => refusal("SERVER_ERROR", "we are down");

function setUp() {
  const clock = createFakeClock();
  const runtime = createRuntime({ clock, retry: "off", breaker: { failures: 2, cooldownMs: 30_000 } });
  const one = vendor("one", { refuses: [down(), down()] });
  const two = vendor("two");
  const alone = new Pipeline("p").step(one, { name: "clip", model: "m" });
  const both = new Pipeline("p").step(one, { name: "clip", model: "m", fallbacks: [{ provider: two, model: "m" }] });
  return { clock, runtime, one, two, alone, both };
}

describe("the breaker of a runtime", () => {
  it("lets a target rest that keeps failing: a step with fallbacks passes it over, another one fails at once", async () => {
    const { clock, runtime, one, two, alone, both } = setUp();
    for (let each = 0; each < 2; each++) await both.run({ runtime });
    expect([one.log.submits.length, two.log.submits.length]).toEqual([2, 2]);
    const passing = both.start({ runtime });
    const told: unknown[] = [];
    for await (const event of passing.events) {
      if (event.type === "step.fallback") told.push([event.errorCode, event.isPassedOver]);
    }
    expect([told, one.log.submits.length, two.log.submits.length]).toEqual([[["CIRCUIT_OPEN", true]], 2, 3]);
    const { steps } = await alone.run({ runtime, throwOnFailure: false });
    expect(steps[0]?.error).toMatchObject({ code: "CIRCUIT_OPEN", retryAfterMs: 30_000 });
    await clock.advance(30_000);
    expect((await both.run({ runtime })).run.steps[0]?.provider).toBe("one");
  });

  it("opens for a vendor that is down also where nobody knows whether it took the job", async () => {
    const broken = vendor("one", {
      refuses: Array.from({ length: 9 }, () => new GenblazeError("SERVER_ERROR", "503")),
    });
    const runtime = createRuntime({ clock: createFakeClock(), retry: "off", breaker: { failures: 2 } });
    const pipeline = new Pipeline("p").step(broken, { name: "clip", model: "m" });
    const codes: unknown[] = [];
    for (let each = 0; each < 3; each++) {
      const { steps } = await pipeline.run({ runtime, throwOnFailure: false });
      codes.push(steps[0]?.error?.code);
    }
    expect(codes).toEqual(["SUBMIT_UNKNOWN", "SUBMIT_UNKNOWN", "CIRCUIT_OPEN"]);
  });

  it("hears nothing of a run's own time limit", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, random: () => 0, breaker: { failures: 1 } });
    const slow = vendor("slow", { takesMs: 60_000 });
    const pipeline = new Pipeline("p").step(slow, { model: "m" });
    const cut = await finishRun(pipeline.start({ runtime, timeoutMs: 1_000, throwOnFailure: false }), clock);
    expect(cut.steps[0]?.error?.code).toBe("TIMED_OUT");
    expect((await finishRun(pipeline.start({ runtime }), clock)).status).toBe("completed");
  });

  it("is off unless it is asked for", async () => {
    const { one, alone } = setUp();
    const runtime = createRuntime({ clock: createFakeClock(), retry: "off" });
    for (let each = 0; each < 2; each++) await alone.run({ runtime, throwOnFailure: false });
    expect((await alone.run({ runtime })).status).toBe("completed");
    expect(one.log.submits).toHaveLength(3);
  });
});
