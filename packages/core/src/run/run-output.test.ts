import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { chat, image, Story, story, video } from "../../test/run-support.js";
import { scriptedAsset, scriptedProvider } from "../../test/support.js";
import { rejection } from "../../test/thrown.js";
import { Manifest } from "../manifest/manifest.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { StepRequest } from "../provider/provider.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";

describe("what a run gives", () => {
  it("hands text, JSON and assets on, and types what the result holds", async () => {
    const result = await new Pipeline("film", { input: z.object({ sentence: z.string() }) })
      .step(chat, {
        name: "story",
        model: "m",
        output: Story,
        prompt: from("input", (input) => `Tell: ${input.sentence}`),
      })
      .step(image, { name: "frame", model: "m", prompt: from("story", (given) => given.scenes[1] ?? "") })
      .step(video, {
        name: "clip",
        model: "m",
        inputs: { firstFrame: "frame" },
        params: { seed: 7, negativePrompt: "fog", fps: 24 },
      })
      .run({ input: { sentence: "a boat" } });

    expectTypeOf(result.step("story").json).toEqualTypeOf<z.infer<typeof Story>>();
    expect(result.step("story").json).toEqual(story);
    expect(result.status).toBe("completed");
    const [first, second, third] = result.run.steps;
    expect(first?.prompt).toBe("Tell: a boat");
    expect(first?.metadata).toEqual({ name: "story", references: { prompt: "input" } });
    expect(second?.prompt).toBe("sea");
    expect(third?.inputs[0]?.sha256).toBe(second?.assets[0]?.sha256);
    expect([third?.seed, third?.negativePrompt, third?.params]).toEqual([7, "fog", { fps: 24 }]);
    expect(third?.metadata).toEqual({ name: "clip", _input_from: [1], input_roles: [{ from: 1, role: "firstFrame" }] });
    expect(new TextDecoder().decode(await result.step("clip").bytes())).toBe("scripted video of video");
    expect(result.manifest.verify()).toBe(true);
    expect(parseManifest(result.manifest.toCanonicalJson()).verify()).toBe(true);
  });

  it("reads JSON out of a Markdown fence without asking again, and keeps the answer as it came", async () => {
    const text = `\`\`\`json\n${JSON.stringify(story)}\n\`\`\``;
    const fenced = scriptedProvider({ yields: "text", script: [{ kind: "done", output: { text } }] });
    const result = await new Pipeline("p").step(fenced, { name: "s", model: "m", output: Story }).run();
    expect([result.step("s").attempts, result.step("s").json]).toEqual([1, story]);
    expect(new TextDecoder().decode(await result.step("s").bytes())).toBe(text);
  });

  it("refuses JSON that does not fit the schema, and names where", async () => {
    const wrong = scriptedProvider({
      yields: "text",
      script: [{ kind: "done", output: { text: '{"title":1,"scenes":[]}' } }],
    });
    const error = await rejection(new Pipeline("p").step(wrong, { name: "s", model: "m", output: Story }).run());
    expect(error.result?.step("s").error?.code).toBe("OUTPUT_INVALID");
    expect(error.message).toContain('"title"');
    // What was paid for is not lost.
    expect(new TextDecoder().decode(await error.result?.step("s").bytes())).toBe('{"title":1,"scenes":[]}');
  });

  it("fails a step whose from() throws or gives no JSON", async () => {
    const one = new Pipeline("p").step(chat, { name: "s", model: "m", output: Story });
    const thrown = one.step(image, {
      name: "a",
      model: "m",
      prompt: from("s", (): string => {
        throw new Error("oops");
      }),
    });
    const error = await rejection(thrown.run());
    expect(error.result?.step("a").error?.code).toBe("REFERENCE_FAILED");
    expect(error.message).toContain('the function of from("s") for "prompt" threw: oops');
  });

  it("hands out copies: what a caller does to the bytes does not change the run", async () => {
    const result = await new Pipeline("p").step(image, { name: "a", model: "m" }).run();
    (await result.step("a").bytes()).fill(0);
    expect(new TextDecoder().decode(await result.step("a").bytes())).toBe("scripted image of image");
  });

  it("reports a schema that throws as input that does not fit", async () => {
    const thrower = z.string().refine(() => {
      throw new Error("boom");
    });
    const error = await rejection(
      new Pipeline("p", { input: thrower }).step(image, { model: "m" }).run({ input: "x" }),
    );
    expect([error.code, error.message]).toEqual(["INPUT_INVALID", expect.stringContaining("the schema threw: boom")]);
  });

  it("refuses to save or store nowhere, and ends both as CANCELLED when the signal has aborted", async () => {
    const result = await new Pipeline("p").step(image, { model: "m" }).run();
    const save = result.save as unknown as (...words: readonly unknown[]) => Promise<unknown>;
    for (const words of [[], [5], ["x", null], ["x", { stepp: "a" }]]) {
      expect((await rejection(save(...words))).code).toBe("INVALID_OPTION");
    }
    expect((await rejection(result.store({} as never))).code).toBe("INVALID_OPTION");
    const signal = AbortSignal.abort();
    expect((await rejection(result.save("never", { signal }))).code).toBe("CANCELLED");
    expect((await rejection(result.store(objectStorageSink(memoryStorage()), { signal }))).code).toBe("CANCELLED");
  });

  it("keeps a paid result whose facts no manifest could hold, without those facts and with a warning", async () => {
    const odd = scriptedProvider({
      yields: "image",
      script: [
        {
          kind: "done",
          output: {
            assets: [{ ...scriptedAsset("image/png", "x"), width: 0, metadata: { "\ud800": 1 } }],
            payload: { when: new Date(0) } as never,
          },
        },
      ],
    });
    const result = await new Pipeline("p").step(odd, { model: "m" }).run();
    expect(result.run.steps[0]?.assets[0]).toMatchObject({ mediaType: "image/png", width: null, metadata: {} });
    expect(result.steps[0]?.warnings.map((warning) => warning.option)).toEqual(["output", "output"]);
    expect(result.manifest.verify()).toBe(true);
  });

  it("makes the manifest of a run whose provider spoke in half characters", async () => {
    const talker = scriptedProvider({ yields: "text", script: [{ kind: "done", output: { text: "half \ud83d" } }] });
    const broken = scriptedProvider({ yields: "image", script: [{ kind: "throws", error: new Error("half \ud83d") }] });
    const pipeline = new Pipeline("p").step(talker, { name: "t", model: "m" }).step(broken, { model: "m" });
    const result = await pipeline.run({ throwOnFailure: false });
    expect(result.step("t").text).toBe("half \ufffd");
    expect(parseManifest(result.manifest.toCanonicalJson()).verify()).toBe(true);
  });

  it("gives JSON without a schema as text", async () => {
    const talker = scriptedProvider({ yields: "text", script: [{ kind: "done", output: { json: { a: 1 } } }] });
    const result = await new Pipeline("p")
      .step(talker, { name: "t", model: "m" })
      .step(image, { name: "i", model: "m", prompt: from("t", (text) => text.toUpperCase()) })
      .run();
    expect(result.step("t").text).toBe('{"a":1}');
    expect(result.run.steps[1]?.prompt).toBe('{"A":1}');
  });

  it("records other step types as custom with their operation, and warnings outside the hash", async () => {
    const warned = {
      ...image,
      prepare: (request: StepRequest) => ({ body: request, warnings: [{ option: "params.x", message: "ignored" }] }),
    };
    const result = await new Pipeline("p").step(warned, { model: "m", type: "compose" }).run();
    const [step] = result.run.steps;
    expect([step?.stepType, step?.metadata.operation]).toEqual(["custom", "compose"]);
    expect(step?.providerPayload.warnings).toEqual([{ option: "params.x", message: "ignored" }]);
    expect(result.steps[0]?.warnings).toEqual([{ option: "params.x", message: "ignored" }]);
    expect(
      Manifest.fromRun({ ...result.run, steps: result.run.steps.map((each) => ({ ...each, providerPayload: {} })) })
        .canonicalHash,
    ).toBe(result.manifest.canonicalHash);
  });
});
