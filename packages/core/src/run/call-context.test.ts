import { expect, it } from "vitest";
import { collect } from "../../test/run-support.js";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { createRuntime } from "./runtime.js";

it("tells of progress at most ten times a second, and goes on when the clock is set back", async () => {
  const clock = createFakeClock();
  let setByMs = 0;
  const silent = scriptedProvider({ yields: "text" });
  const talkative: typeof silent = {
    ...silent,
    async submit(prepared, context) {
      for (const [fraction, byMs] of [
        [0.1, 0],
        [0.2, 99],
        [0.3, 1],
        [0.4, -3_600_000],
        [0.5, 50],
      ] as const) {
        setByMs += byMs;
        context.onProgress({ fraction });
      }
      return silent.submit(prepared, context);
    },
  };
  const runtime = createRuntime({ clock: { now: () => clock.now() + setByMs, schedule: clock.schedule } });
  const run = new Pipeline("p").step(talkative, { name: "a", model: "m" }).start({ runtime });
  const fractions = (await collect(run.events)).flatMap((event) => ("fraction" in event ? [event.fraction] : []));
  expect(fractions).toEqual([0.1, 0.3, 0.4]);
});
