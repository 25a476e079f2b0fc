import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardedDownload } from "../src/download/download.js";
import { GenblazeError } from "../src/errors/genblaze-error.js";
import { Manifest } from "../src/manifest/manifest.js";
import { Pipeline } from "../src/pipeline/pipeline.js";
import { from } from "../src/pipeline/reference.js";
import { replay } from "../src/replay/replay.js";
import { hashWithoutParents, rebuiltStep } from "./replay-support.js";
import { chat, image, Story, video } from "./run-support.js";
import { scriptedProvider } from "./support.js";
import { codeOf, messageOf, rejection } from "./thrown.js";

const film = new Pipeline("film", {
  input: z.object({ place: z.string() }),
  metadata: { campaign: "harbour" },
  tenantId: "acme",
  projectId: "boats",
})
  .step(chat, {
    name: "story",
    model: "writer",
    prompt: from("input", ({ place }) => `A tale of ${place}`),
    output: Story,
  })
  .step(image, {
    name: "frame",
    model: "painter",
    prompt: "a paper boat",
    params: { aspectRatio: "16:9", seed: 7, negativePrompt: "rain" },
    providerOptions: { quality: { level: 3 } },
    metadata: { take: 2 },
    timeoutMs: 60_000,
  })
  .step(image, { name: "last", model: "painter", prompt: "the boat at dusk" })
  .step(video, {
    name: "clip",
    model: "mover",
    type: "compose",
    inputs: { firstFrame: "frame", reference: ["last", "frame"] },
  })
  .step(video, { name: "twice", model: "mover", inputs: ["frame", "frame"] });

const recorded = await film.run({ input: { place: "the sea" } });
const { manifest } = recorded;
const providers = { chat, image, video };

describe("what a run records for a replay", () => {
  it("says which input played which part, where parts were named, beside the indexes that Python reads", () => {
    const [, , , clip, twice] = manifest.run.steps;
    expect(clip?.metadata).toEqual({
      name: "clip",
      operation: "compose",
      _input_from: [1, 2],
      input_roles: [
        { from: 1, role: "firstFrame" },
        { from: 2, role: "reference" },
        { from: 1, role: "reference" },
      ],
    });
    expect(twice?.metadata).toEqual({ name: "twice", _input_from: [1] });
  });

  it("says time limits outside of the hash", () => {
    const [story, frame] = manifest.run.steps;
    expect(frame?.providerPayload.timeout_ms).toBe(60_000);
    expect(story?.providerPayload.timeout_ms).toBeUndefined();
  });

  it("names every parent in the hashed metadata and the first where Python names one", async () => {
    const one = new Pipeline("one").step(image, { model: "m" });
    const { run } = await one.run({ parentRunIds: ["a", "b", "a"] });
    expect(run.parentRunId).toBe("a");
    expect(run.metadata).toEqual({ parent_run_ids: ["a", "b"] });
    const orphan = await one.run({ parentRunIds: [] });
    expect([orphan.run.parentRunId, orphan.run.metadata]).toEqual([null, {}]);
    expect(codeOf(() => one.start({ parentRunIds: [""] }))).toBe("INVALID_OPTION");
  });
});

describe("replay", () => {
  it("sends the same again: the new run has the same hashed facts but for its parent and its input", async () => {
    const again = replay(manifest, providers);
    const result = await again.run({ parentRunIds: ["another"] });
    expect(result.run.parentRunId).toBe(recorded.runId);
    expect(result.run.metadata).toEqual({ campaign: "harbour", parent_run_ids: [recorded.runId, "another"] });
    // The input and the reference to it are gone: its words stand in the prompt.
    const [story, ...others] = manifest.run.steps;
    const { references, ...storyMetadata } = story?.metadata ?? {};
    const steps = [{ ...story, metadata: storyMetadata }, ...others];
    const expected = Manifest.fromRun({
      ...manifest.run,
      steps,
      metadata: { campaign: "harbour" },
    } as typeof manifest.run);
    expect(hashWithoutParents(result.manifest)).toBe(expected.canonicalHash);
  });

  it("rebuilds what a definition says: options, roles, metadata, limits", () => {
    const again = replay(manifest, providers);
    const { name, metadata, tenantId, projectId } = again.pipeline.definition;
    expect({ name, metadata, tenantId, projectId }).toEqual({
      name: "film",
      metadata: { campaign: "harbour" },
      tenantId: "acme",
      projectId: "boats",
    });
    expect(rebuiltStep(again, "frame")).toMatchObject({
      params: { aspectRatio: "16:9", seed: 7, negativePrompt: "rain" },
      providerOptions: { quality: { level: 3 } },
      metadata: { take: 2 },
      timeoutMs: 60_000,
      promptVisibility: "public",
    });
    expect(rebuiltStep(again, "clip")).toMatchObject({
      type: "compose",
      inputs: [
        { role: "firstFrame", source: "frame" },
        { role: "reference", source: "last" },
        { role: "reference", source: "frame" },
      ],
    });
    expect(rebuiltStep(again, "twice")?.inputs).toEqual([
      { role: undefined, source: "frame" },
      { role: undefined, source: "frame" },
    ]);
  });

  it("sends nothing before it is run, and says what it cannot rebuild", () => {
    const asked = [chat, image, video].map(({ calls }) => calls.length);
    const again = replay(manifest, [chat, image, video]);
    const text = again.describe();
    expect([chat, image, video].map(({ calls }) => calls.length)).toEqual(asked);
    expect(again.changes).toEqual([]);
    expect(again.notReplayed.map(({ step, what }) => [step, what])).toEqual([
      [null, "input"],
      ["story", "prompt"],
      ["story", "output schema"],
    ]);
    expect(text.split("\n").slice(0, 10)).toEqual([
      `replay of film (run ${recorded.runId}): 5 steps`,
      "  1. story: chat/writer -> text",
      '     prompt "A tale of the sea"',
      "  2. frame: image/painter -> image",
      '     prompt "a paper boat"',
      '     params.aspectRatio "16:9"',
      "     params.seed 7",
      '     params.negativePrompt "rain"',
      '     params.providerOptions {"quality":{"level":3}}',
      '     metadata {"take":2}',
    ]);
    expect(text).toContain("     takes firstFrame: frame, reference: last, reference: frame\n");
    expect(text).toContain("  not replayed:\n    run input: ");
  });

  it("does what overrides say otherwise and lists each of it as a change", async () => {
    const other = scriptedProvider({ name: "other", yields: "video", accepts: ["image"] });
    const again = replay(manifest, [chat, image, video], {
      overrides: {
        clip: { provider: other, model: "faster", prompt: "slowly" },
        frame: { params: { seed: undefined, aspectRatio: "1:1", providerOptions: { quality: 1 } } },
        last: { model: "painter" },
      },
    });
    expect(again.changes).toEqual([
      { step: "frame", field: "params.seed", from: 7 },
      { step: "frame", field: "params.aspectRatio", from: "16:9", to: "1:1" },
      { step: "frame", field: "params.providerOptions", from: { quality: { level: 3 } }, to: { quality: 1 } },
      { step: "clip", field: "provider", from: "video", to: "other" },
      { step: "clip", field: "model", from: "mover", to: "faster" },
      { step: "clip", field: "prompt", to: "slowly" },
    ]);
    expect(again.describe()).toContain('    clip model: "mover" -> "faster"\n');
    const { run } = await again.run();
    expect(other.calls).toHaveLength(1);
    expect(run.steps[1]).toMatchObject({ seed: null, params: { aspectRatio: "1:1", providerOptions: { quality: 1 } } });
    expect(run.steps[3]).toMatchObject({ provider: "other", model: "faster", prompt: "slowly" });
  });

  it("takes the name of a given provider in an override", () => {
    const faster = scriptedProvider({ name: "faster", yields: "video", accepts: ["image"] });
    const again = replay(manifest, [chat, image, video, faster], { overrides: { clip: { provider: "faster" } } });
    expect(rebuiltStep(again, "clip")?.provider).toBe(faster);
    expect(again.changes).toEqual([{ step: "clip", field: "provider", from: "video", to: "faster" }]);
  });

  it("refuses what cannot be replayed before anything is sent", () => {
    const missing = messageOf(() => replay(manifest, [chat, image]));
    expect(missing).toContain('Step "clip" needs provider "video" for video, which was not given.');
    expect(missing).toContain("Given: chat (text), image (image).");
    expect(codeOf(() => replay(manifest, [chat, image]))).toBe("INVALID_OPTION");
    expect(codeOf(() => replay(manifest, [chat, image, scriptedProvider({ name: "video", yields: "audio" })]))).toBe(
      "INVALID_OPTION",
    );
    expect(codeOf(() => replay(manifest, [{ name: "video" }] as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => replay(manifest, providers, { overrides: { clipp: {} } }))).toBe("UNKNOWN_STEP");
    expect(messageOf(() => replay(manifest, providers, { overrides: { clipp: {} } }))).toContain(
      'Did you mean "clip"?',
    );
    expect(codeOf(() => replay(manifest, providers, { opening: {} } as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => replay(manifest, providers, { dryRun: true } as never))).toBe("INVALID_OPTION");
    const empty = Manifest.fromRun({ ...manifest.run, steps: [] });
    expect(codeOf(() => replay(empty, providers))).toBe("EMPTY_PIPELINE");
  });

  it("replays a changed manifest only when told to", () => {
    const changed = JSON.parse(manifest.toCanonicalJson());
    changed.run.steps[1].prompt = "another boat";
    const forged = new Manifest({ ...fieldsOf(manifest), run: { ...manifest.run, name: "forged" } });
    expect(codeOf(() => replay(forged, providers))).toBe("MANIFEST_INVALID");
    expect(replay(forged, providers, { allowChanged: true }).pipeline.definition.name).toBe("forged");
  });

  it("tells of steps that never began, whose words were not recorded", async () => {
    const broken = scriptedProvider({
      name: "image",
      yields: "image",
      script: [{ kind: "failed", error: new GenblazeError("CONTENT_POLICY", "refused") }],
    });
    const pipeline = new Pipeline("p")
      .step(broken, { name: "frame", model: "m", prompt: "a boat" })
      .step(video, { name: "clip", model: "m", prompt: "pan", inputs: ["frame"], params: { fps: 8 } });
    const failed = await pipeline.run({ throwOnFailure: false });
    const again = replay(failed.manifest, providers);
    expect(again.notReplayed.map(({ step, what }) => [step, what])).toEqual([["clip", "the step"]]);
    expect(rebuiltStep(again, "clip")).toMatchObject({ inputs: [{ source: "frame" }], prompt: "pan", metadata: {} });
    expect((await again.run()).status).toBe("completed");
  });

  it("keeps what could steer a terminal out of the description", async () => {
    const sly = await new Pipeline("sly\u001b[2J")
      .step(image, { name: "a\nb", model: "\u202em", prompt: "x".repeat(500) })
      .run();
    const text = replay(sly.manifest, providers).describe();
    expect(text).toContain("replay of sly\\u001b[2J (run ");
    expect(text).toContain("  1. a\\u000ab: image/\\u202em -> image\n");
    expect(text).toContain(`     prompt "${"x".repeat(99)}...`);
  });
});

describe("files that import steps brought in", () => {
  it("are not asked for when their bytes were never stored and no way to them was given", async () => {
    const bytes = new TextEncoder().encode("scripted image of image");
    const first = await new Pipeline("p").step(image, { name: "frame", model: "m" }).run();
    const [asset] = first.run.steps[0]?.assets ?? [];
    const step = { ...first.run.steps[0], provider: null, stepType: "import" as const };
    const imported = Manifest.fromRun({ ...first.run, steps: [step] } as typeof first.run);
    const again = replay(imported, []);
    expect(again.notReplayed).toContainEqual({
      step: "frame",
      what: "bytes",
      why: expect.stringContaining("fetchInput"),
    });
    expect((await rejection(again.run())).code).toBe("INVALID_OPTION");
    const fetchInput = async () => [bytes][Symbol.iterator]() as never;
    expect(asset?.url).toBe(`urn:sha256:${asset?.sha256}`);
    expect(replay(imported, [], { fetchInput: fetchInput ?? guardedDownload() }).notReplayed).toEqual([]);
  });
});

function fieldsOf(source: Manifest) {
  const { schemaVersion, exactRun, canonicalHash, manifestUri, encryptionScheme, signature, transferFailures } = source;
  return { schemaVersion, run: exactRun, canonicalHash, manifestUri, encryptionScheme, signature, transferFailures };
}
