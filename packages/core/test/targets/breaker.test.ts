import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline } from "../../src/index.js";
import { createFakeClock } from "../support.js";
import { refusal, vendor } from "./targets-support.js";

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

  it("is off unless it is asked for", async () => {
    const { one, alone } = setUp();
    const runtime = createRuntime({ clock: createFakeClock(), retry: "off" });
    for (let each = 0; each < 2; each++) await alone.run({ runtime, throwOnFailure: false });
    expect((await alone.run({ runtime })).status).toBe("completed");
    expect(one.log.submits).toHaveLength(3);
  });
});
