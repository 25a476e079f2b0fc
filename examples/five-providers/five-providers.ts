// Five vendors in one pipeline: image -> video -> music -> upscale -> classify, as a chain, and as a typed film with a
// storyboard. The vendors are scripted, and the clock is moved by hand, so a run of some seconds takes none.
import assert from "node:assert/strict";
import { formatReport, formatTimeline } from "@genblaze/core/report";
import { createFakeClock } from "@genblaze/fakes";
import { createRuntime, describePlan, from, Pipeline, type RunHandle } from "genblaze";
import { z } from "zod";
import { chat, compose, image, music, prices, upscaler, video } from "./vendors.js";

const clock = createFakeClock();
const runtime = createRuntime({ clock, prices, random: () => 0 }); // polls come when they were asked for, not spread by chance

async function endOf<S>(run: RunHandle<S>) {
  while (await clock.advanceToNext());
  return run.result;
}

const Storyboard = z.object({ scenes: z.array(z.object({ picture: z.string() })).min(1) });
const Tags = z.object({ mood: z.string(), tags: z.array(z.string()) });

const chain = new Pipeline("brand-film", { chain: true, runtime })
  .step(image, { name: "image", model: "seedream-5.0-lite", prompt: "a paper boat on a rainy street" })
  .step(video, { name: "video", model: "Kling-Image2Video-V2.1-Master", prompt: "it sails away" })
  .step(music, { name: "music", model: "minimax-music-2.5", prompt: "calm piano" })
  .step(upscaler, { name: "upscale", type: "upscale", model: "proteus" })
  .step(chat, { name: "classify", type: "classify", model: "gemini-2.5-pro", prompt: "Tag it.", output: Tags });
console.log(`${describePlan(chain.plan())}\n`);

const result = await endOf(chain.start());
const report = await result.report();
console.log(`${formatTimeline(result)}\n\n${formatReport(report)}`);

const upscaled = upscaler.calls[0]?.request?.inputs.map(({ step }) => step);
assert.deepEqual(upscaled, ["video"], "upscale upscales the video, and not the music that stands before it");
assert.deepEqual(result.step("classify").json, { mood: "calm", tags: ["boat"] });
assert.equal(result.elapsedMs, 13_000, "the music is made beside the pictures");
assert.equal(report.cost.usd, 0.882);
assert.equal(result.manifest.report().hashOk, true);

const film = new Pipeline("film", { input: z.object({ sentence: z.string() }), runtime })
  .step(chat, {
    name: "story",
    model: "gemini-2.5-pro",
    prompt: from("input", ({ sentence }) => `Storyboard: ${sentence}`),
    output: Storyboard,
  })
  .step(image, {
    name: "frame",
    model: "seedream-5.0-lite",
    prompt: from("story", ({ scenes }) => scenes[0]?.picture ?? ""),
  })
  .step(video, { name: "clip", model: "wan2.6-i2v", prompt: "it sails away", inputs: { firstFrame: "frame" } })
  .step(music, { name: "music", model: "minimax-music-2.5", prompt: "calm piano" })
  .step(compose, { name: "film", type: "compose", model: "mp4", inputs: ["clip", "music"] })
  .step(upscaler, { name: "large", type: "upscale", model: "proteus", inputs: ["film"] })
  .step(chat, { name: "tags", type: "classify", model: "gemini-2.5-pro", inputs: ["large"], output: Tags });

const made = await endOf(film.start({ input: { sentence: "a paper boat crosses a rainy street" } }));
assert.equal(made.step("tags").json.mood, "calm");
assert.deepEqual(made.run.steps[4]?.metadata._input_from, [2, 3], "the film is made of clip and music");
assert.equal(made.manifest.report().hashOk, true);
console.log(`film: ${made.steps.length} steps in ${made.elapsedMs} ms, manifest hash ${made.manifest.canonicalHash}`);
