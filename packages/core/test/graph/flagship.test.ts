import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, from, Pipeline } from "../../src/index.js";
import { describePlan } from "../../src/report/index.js";
import { createFakeClock } from "../support.js";
import { finish, spansOf, statesOf, worker } from "./graph-support.js";

const Storyboard = z.object({ scenes: z.array(z.object({ picture: z.string() })).min(1) });
const Tags = z.object({ mood: z.enum(["calm", "wild"]), tags: z.array(z.string()) });
const storyboard = { scenes: [{ picture: "a paper boat in the rain" }, { picture: "the sea" }] };
const tags = { mood: "calm", tags: ["boat", "rain"] };

/** Five providers of five vendors. */
function vendors() {
  return {
    image: worker({ name: "gmicloud-image", yields: "image", accepts: ["image"], takesMs: 2_000 }),
    video: worker({ name: "gmicloud-video", yields: "video", accepts: ["image"], takesMs: 8_000 }),
    music: worker({ name: "minimax-music", yields: "audio", takesMs: 5_000 }),
    upscale: worker({ name: "upscaler", yields: "video", accepts: ["video"], takesMs: 3_000 }),
    chat: worker({
      name: "google-chat",
      yields: "text",
      accepts: ["image", "video"],
      takesMs: 1_000,
      give: ({ type }) => ({ json: type === "classify" ? tags : storyboard }),
    }),
    compose: worker({ name: "ffmpeg", yields: "video", accepts: ["video", "audio"], takesMs: 1_000 }),
  };
}

describe("the flagship as a chain", () => {
  const chain = ({ image, video, music, upscale, chat }: ReturnType<typeof vendors>) =>
    new Pipeline("brand-film", { chain: true })
      .step(image, { name: "image", model: "seedream-5.0-lite", prompt: "a paper boat" })
      .step(video, { name: "video", model: "Kling-Image2Video-V2.1-Master", prompt: "it sails" })
      .step(music, { name: "music", model: "minimax-music-2.5", prompt: "calm piano" })
      .step(upscale, { name: "upscale", type: "upscale", model: "upscale-4x" })
      .step(chat, { name: "classify", type: "classify", model: "gemini-2.5-pro", prompt: "What is it?", output: Tags });

  it("plans the edges that people mean: upscale takes the video and not the music, classify the upscaled video", () => {
    expect(describePlan(chain(vendors()).plan())).toBe(
      [
        "brand-film: 5 steps",
        "  1. image: gmicloud-image/seedream-5.0-lite -> image",
        "  2. video: gmicloud-video/Kling-Image2Video-V2.1-Master -> video takes image (chain)",
        "  3. music: minimax-music/minimax-music-2.5 -> audio",
        "  4. upscale: upscaler/upscale-4x -> video takes video (chain)",
        "  5. classify: google-chat/gemini-2.5-pro -> text takes upscale (chain)",
      ].join("\n"),
    );
  });

  it("runs as planned, the music beside the pictures, and gives typed JSON and one manifest", async () => {
    const clock = createFakeClock();
    const makers = vendors();
    const { result, events } = await finish(
      chain(makers).start({ runtime: createRuntime({ clock, random: () => 0 }) }),
      clock,
    );
    expect(result.status).toBe("completed");
    expect(spansOf(events)).toEqual({
      image: [0, 2_000],
      music: [0, 5_000],
      video: [2_000, 10_000],
      upscale: [10_000, 13_000],
      classify: [13_000, 14_000],
    });
    expect(result.elapsedMs).toBe(14_000);
    expect(makers.upscale.asked.map(({ inputs }) => inputs.map(({ step }) => step))).toEqual([["video"]]);
    expect(makers.chat.asked.map(({ inputs }) => inputs.map(({ step }) => step))).toEqual([["upscale"]]);
    expect(result.step("classify").json.mood).toBe("calm");
    expect(result.step("classify").json).toEqual(tags);
    const recorded = result.run.steps.map(({ stepType, metadata, inputs, assets }) => [
      metadata.name,
      stepType,
      metadata.operation,
      metadata._input_from,
      inputs.length,
      assets.length,
    ]);
    expect(recorded).toEqual([
      ["image", "generate", undefined, undefined, 0, 1],
      ["video", "generate", undefined, [0], 1, 1],
      ["music", "generate", undefined, undefined, 0, 1],
      ["upscale", "upscale", undefined, [1], 1, 1],
      ["classify", "custom", "classify", [3], 1, 1],
    ]);
    expect(result.manifest.report()).toMatchObject({ hashOk: true });
  });

  it("hashes two equal runs equal", async () => {
    const hashes: string[] = [];
    for (let run = 0; run < 2; run++) {
      const clock = createFakeClock(run * 1_000_000);
      const { result } = await finish(
        chain(vendors()).start({ runtime: createRuntime({ clock, random: () => 0 }) }),
        clock,
      );
      hashes.push(result.manifest.canonicalHash);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe("the flagship as a film", () => {
  const film = ({ chat, image, video, music, compose }: ReturnType<typeof vendors>) =>
    new Pipeline("film", { input: z.object({ sentence: z.string() }) })
      .step(chat, {
        name: "story",
        model: "gemini-2.5-pro",
        prompt: from("input", (input) => `Storyboard: ${input.sentence}`),
        output: Storyboard,
      })
      .step(image, {
        name: "frame",
        model: "seedream-5.0-lite",
        prompt: from("story", (story) => story.scenes[0]?.picture ?? ""),
        params: { aspectRatio: "16:9" },
      })
      .step(video, { name: "clip", model: "wan2.6-i2v", prompt: "it sails", inputs: { firstFrame: "frame" } })
      .step(music, { name: "music", model: "minimax-music-2.5", prompt: "calm piano" })
      .step(compose, { name: "film", model: "compose", type: "compose", inputs: ["clip", "music"] })
      .step(chat, {
        name: "tags",
        type: "classify",
        model: "gemini-2.5-pro",
        prompt: "Tag it.",
        inputs: ["film"],
        output: Tags,
      });

  it("goes from one sentence to a tagged film; the music waits for nobody and the film for both", async () => {
    const clock = createFakeClock();
    const makers = vendors();
    const handle = film(makers).start({
      input: { sentence: "a boat" },
      runtime: createRuntime({ clock, random: () => 0 }),
    });
    const { result, events } = await finish(handle, clock);
    expect(spansOf(events)).toEqual({
      story: [0, 1_000],
      music: [0, 5_000],
      frame: [1_000, 3_000],
      clip: [3_000, 11_000],
      film: [11_000, 12_000],
      tags: [12_000, 13_000],
    });
    expect(makers.chat.asked.map(({ prompt }) => prompt)).toEqual(["Storyboard: a boat", "Tag it."]);
    expect(makers.image.asked.map(({ prompt, params }) => [prompt, params])).toEqual([
      ["a paper boat in the rain", { aspectRatio: "16:9" }],
    ]);
    expect(makers.video.asked.map(({ inputs }) => inputs.map(({ role }) => role))).toEqual([["firstFrame"]]);
    expect(result.step("story").json.scenes).toEqual(storyboard.scenes);
    expect(result.step("tags").json.tags).toEqual(["boat", "rain"]);
    expect(result.run.metadata).toEqual({ input: { sentence: "a boat" } });
    expect(result.run.steps.map(({ stepType, metadata }) => metadata.operation ?? stepType)).toEqual([
      "generate",
      "generate",
      "generate",
      "generate",
      "compose",
      "classify",
    ]);
    expect(result.run.steps[4]?.metadata._input_from).toEqual([2, 3]);
  });

  it("gives the same by run, start and stream", async () => {
    const poster = new Pipeline("poster").step(worker({ name: "image", yields: "image" }), {
      model: "m",
      prompt: "boat",
    });
    const byRun = await poster.run();
    const byStart = await poster.start().result;
    const byStream: string[] = [];
    for await (const event of poster.stream()) {
      if (event.type === "pipeline.completed") byStream.push(event.manifestHash);
    }
    const hash = byRun.manifest.canonicalHash;
    expect([byStart.manifest.canonicalHash, byStream]).toEqual([hash, [hash]]);
  });

  it("keeps everything that was made when the film cannot be put together, and tells what failed", async () => {
    const clock = createFakeClock();
    const broken = worker({
      name: "ffmpeg",
      yields: "video",
      accepts: ["video", "audio"],
      give: () => {
        throw new Error("no such codec");
      },
    });
    const handle = film({ ...vendors(), compose: broken }).start({
      input: { sentence: "a boat" },
      throwOnFailure: false,
      runtime: createRuntime({ clock, random: () => 0 }),
    });
    const { result } = await finish(handle, clock);
    expect(statesOf(result)).toEqual({
      story: "succeeded",
      frame: "succeeded",
      clip: "succeeded",
      music: "succeeded",
      film: "failed",
      tags: "skipped",
    });
    expect(result.error?.message).toContain('Step "film" (ffmpeg/compose)');
    expect(result.step("clip").assets).toHaveLength(1);
    expect(() => result.step("tags").json).toThrow('Step "tags" has no output');
  });
});
