// When a provider fails or is slow: another one is asked, within a budget, and the manifest says who answered.
import assert from "node:assert/strict";
import { perUnit } from "@genblaze/core/pricing";
import { createFakeClock, scriptedAsset, scriptedProvider } from "@genblaze/fakes";
import { createRuntime, GenblazeError, Pipeline } from "genblaze";

const clock = createFakeClock();
const film = { assets: [scriptedAsset("video/mp4", "not really a film")] };
const broken = scriptedProvider({
  name: "broken",
  yields: "video",
  script: [{ kind: "failed", error: new GenblazeError("MODEL_ERROR", "The model was taken away.") }],
});
const slow = scriptedProvider({
  name: "slow",
  yields: "video",
  script: [
    { kind: "pending", operation: { job: "job-1" }, retryAfterMs: 300_000 },
    { kind: "done", output: film },
  ],
});
const quick = scriptedProvider({ name: "quick", yields: "video", script: [{ kind: "done", output: film }] });
const runtime = createRuntime({
  clock,
  prices: { "broken/*": perUnit(0.5), "slow/*": perUnit(0.3), "quick/*": perUnit(0.4) },
  budget: { perRunUsd: 2 },
});

const run = new Pipeline("advert")
  .step(broken, { name: "opening", model: "any", prompt: "a boat", fallbacks: [{ provider: quick, model: "any" }] })
  .step(slow, {
    name: "ending",
    model: "any",
    prompt: "a harbour",
    fallbacks: [{ provider: quick, model: "any" }],
    hedge: { afterMs: 20_000 },
  })
  .start({ runtime });

while (await clock.advanceToNext());
const { run: record, elapsedMs } = await run.result;
const told: string[] = [];
for await (const event of run.events) {
  if (event.type === "step.fallback" || event.type === "step.hedged") told.push(`${event.type} ${event.step}`);
}

assert.deepEqual(told, ["step.fallback opening", "step.hedged ending"]);
assert.deepEqual(
  record.steps.map(({ provider, costUsd }) => [provider, costUsd]),
  [
    // What the job that failed cost, nobody said.
    ["quick", null],
    ["quick", 0.7],
  ],
);
assert.equal(elapsedMs, 20_000);
console.log(`both films are of "quick", after ${elapsedMs} ms of fake time instead of five minutes`);
