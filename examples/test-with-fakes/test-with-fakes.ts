// How to test a pipeline without a vendor: a provider that follows a script, and a clock that is moved by hand.
import assert from "node:assert/strict";
import { createFakeClock, scriptedAsset, scriptedProvider } from "@genblaze/fakes";
import { createRuntime, GenblazeError, Pipeline } from "genblaze";

const clock = createFakeClock();
const video = scriptedProvider({
  name: "slow-video",
  yields: "video",
  script: [
    { kind: "pending", operation: { job: "job-1" }, retryAfterMs: 30_000, fraction: 0.5 },
    { kind: "done", output: { assets: [scriptedAsset("video/mp4", "not really a film")] } },
  ],
});
const refusing = scriptedProvider({
  name: "strict-image",
  yields: "image",
  script: [{ kind: "failed", error: new GenblazeError("CONTENT_POLICY", "The vendor refused the prompt.") }],
});

const run = new Pipeline("advert")
  .step(video, { name: "clip", model: "any", prompt: "a boat" })
  .step(refusing, { name: "poster", model: "any", prompt: "a boat" })
  .start({ runtime: createRuntime({ clock, random: () => 0 }), throwOnFailure: false });

// Half a minute passes in no time: the run polls when the clock says so, and chance spreads no polls.
while (await clock.advanceToNext());
const result = await run.result;

assert.equal(result.elapsedMs, 30_000);
assert.deepEqual(
  video.calls.map(({ method }) => method),
  ["submit", "poll"],
);
assert.equal(result.step("clip").state, "succeeded");
assert.equal(result.step("poster").error?.code, "CONTENT_POLICY");
assert.equal(result.status, "failed");
console.log(
  `the clip took ${result.elapsedMs} ms of fake time; the poster was refused: ${result.step("poster").error?.code}`,
);
