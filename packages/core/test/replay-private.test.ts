import { describe, expect, it } from "vitest";
import { Manifest } from "../src/manifest/manifest.js";
import { Pipeline } from "../src/pipeline/pipeline.js";
import { from } from "../src/pipeline/reference.js";
import { replay } from "../src/replay/replay.js";
import { rebuiltStep } from "./replay-support.js";
import { image } from "./run-support.js";
import { scriptedProvider } from "./support.js";
import { codeOf, messageOf, rejection } from "./thrown.js";

const encryptionKey = Uint8Array.from({ length: 32 }, (_, index) => index);
const secrets = ["a secret harbour", "hidden fog", "hidden style", "hidden option"];

function build(promptVisibility: "private" | "encrypted") {
  const painter = scriptedProvider({ name: "image", yields: "image" });
  const pipeline = new Pipeline("quiet").step(image, { name: "open", model: "m", prompt: "a boat" }).step(painter, {
    name: "frame",
    model: "m",
    prompt: "a secret harbour",
    params: { style: "hidden style", seed: 4321, negativePrompt: "hidden fog", aspectRatio: "1:1" },
    providerOptions: { words: "hidden option" },
    promptVisibility,
    privateParams: ["style", "seed", "providerOptions"],
  });
  return { painter, pipeline };
}

describe("replay of private steps", () => {
  it("sends the opened values, shows none of them, and keeps them private again", async () => {
    const recorded = await build("private").pipeline.run();
    const { painter } = build("private");
    const again = replay(recorded.manifest, [painter], {
      opening: recorded.opening(),
      overrides: { frame: { params: { style: "hidden style of another kind" } } },
    });
    expect(again.changes).toEqual([{ step: "frame", field: "params.style", from: "[private]", to: "[private]" }]);
    const told = [again.describe(), JSON.stringify([again.changes, again.notReplayed])].join("\n");
    for (const secret of [...secrets, "4321"]) expect(told).not.toContain(secret);
    expect(told).toContain("prompt [private]");
    expect(told).toContain("params.style [private]");
    expect(told).toContain("params.seed [private]");
    expect(told).toContain('params.aspectRatio "1:1"');
    const result = await again.run();
    const sent = painter.calls.find(({ request }) => request?.prompt === "a secret harbour")?.request;
    expect(sent).toMatchObject({
      seed: 4321,
      negativePrompt: "hidden fog",
      params: { style: "hidden style of another kind", aspectRatio: "1:1" },
      providerOptions: { words: "hidden option" },
    });
    for (const secret of secrets) expect(result.manifest.toCanonicalJson()).not.toContain(secret);
    expect(result.opening()?.values.map(({ field }) => field)).toEqual([
      "prompt",
      "negative_prompt",
      "seed",
      "params.style",
      "params.providerOptions",
    ]);
  });

  it("asks for the opening by step and field, unless the value is replaced", async () => {
    const { manifest, ...recorded } = await build("private").pipeline.run();
    expect(codeOf(() => replay(manifest, [image]))).toBe("OPENING_NEEDED");
    expect(messageOf(() => replay(manifest, [image]))).toContain('Step "frame" keeps its "prompt" private.');
    const opening = recorded.opening();
    const shared = opening && { ...opening, values: opening.values.filter(({ field }) => field === "prompt") };
    expect(messageOf(() => replay(manifest, [image], { opening: shared }))).toContain('"negative_prompt"');
    const params = { negativePrompt: "x", seed: 1, style: "y", providerOptions: undefined };
    const again = replay(manifest, [image], { opening: shared, overrides: { frame: { params } } });
    expect(rebuiltStep(again, "frame")).toMatchObject({
      prompt: "a secret harbour",
      params: { negativePrompt: "x", seed: 1, style: "y" },
      providerOptions: {},
      privateParams: ["seed", "style"],
    });
  });

  it("refuses an opening of another run or with another value", async () => {
    const { manifest, ...recorded } = await build("private").pipeline.run();
    const other = await build("private").pipeline.run();
    expect(codeOf(() => replay(manifest, [image], { opening: other.opening() }))).toBe("OPENING_INVALID");
    const opening = recorded.opening();
    const forged = opening && {
      ...opening,
      values: opening.values.map((each) => ({ ...each, value: "a loud harbour" })),
    };
    const message = messageOf(() => replay(manifest, [image], { opening: forged }));
    expect(message).toContain('at "prompt" of step 1');
    expect(message).not.toContain("loud");
  });

  it("opens encrypted steps with their key and encrypts them again", async () => {
    const { manifest } = await build("encrypted").pipeline.run({ privacy: { encryptionKey } });
    expect(messageOf(() => replay(manifest, [image]))).toContain("encryptionKey");
    expect(codeOf(() => replay(manifest, [image], { encryptionKey: new Uint8Array(32) }))).toBe("OPENING_INVALID");
    expect(codeOf(() => replay(manifest, [image], { encryptionKey: new Uint8Array(3) }))).toBe("KEY_INVALID");
    const { painter } = build("encrypted");
    const again = replay(manifest, [painter], { encryptionKey });
    for (const secret of [...secrets, "4321"]) expect(again.describe()).not.toContain(secret);
    const result = await again.run();
    expect(result.manifest.encryptionScheme).toBe("JWE dir A256GCM");
    expect(result.manifest.toCanonicalJson()).not.toContain("secret");
    expect(painter.calls.at(-1)?.request).toMatchObject({ prompt: "a secret harbour", seed: 4321 });
  });

  it("does not show private words in the errors of its plan", async () => {
    const { manifest, ...recorded } = await build("private").pipeline.run();
    const provider: typeof image = {
      ...image,
      prepare(request) {
        if (request.prompt === "a boat") return { body: request };
        throw new Error(`not like ${request.prompt}`);
      },
    };
    const message = messageOf(() => replay(manifest, [provider], { opening: recorded.opening() }));
    expect(message).toContain("not like [private]");
    const forged = Manifest.fromRun({ ...manifest.run, metadata: { private: { scheme: "genblaze-commitment-v1" } } });
    const again = replay(forged, [image], { opening: recorded.opening() });
    expect(again.pipeline.definition.metadata).toEqual({});
    expect(again.notReplayed[0]?.what).toBe("input");
    expect((await rejection(again.run({ parentRunIds: [""] }))).code).toBe("INVALID_OPTION");
  });
});

describe("a private prompt that was made of an earlier step's text", () => {
  it("keeps that text out of the replay's records too", async () => {
    const text = "CANARY words of a story";
    const chat = scriptedProvider({
      name: "chat",
      yields: "text",
      script: () => ({ kind: "done", output: { text } }),
    });
    const image = scriptedProvider({ name: "image", yields: "image" });
    const first = await new Pipeline("p")
      .step(chat, { name: "story", model: "m", prompt: "tell" })
      .step(image, { name: "frame", model: "m", prompt: from("story", (story) => story), promptVisibility: "private" })
      .run();
    const opening = first.opening();
    const again = replay(first.manifest, [chat, image], opening === undefined ? {} : { opening });
    expect(again.describe()).not.toContain("CANARY");
    const second = await again.run();
    expect(image.calls.at(-1)?.request?.prompt).toBe(text);
    expect(second.manifest.toCanonicalJson()).not.toContain("CANARY");
    expect(second.manifest.run.steps[1]?.metadata.references).toEqual({ prompt: "story" });
  });
});
