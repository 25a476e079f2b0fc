import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { collect } from "../../test/run-support.js";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { codeOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { memoryJournal } from "../journal/memory-journal.js";
import { type AnyPipeline, Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import { decryptManifest } from "../privacy/check-opening.js";
import type { Provider, ProviderOutput } from "../provider/provider.js";
import { createRuntime } from "./runtime.js";

const SECRET = "CANARY_SECRET_PROMPT_123";
const encryptionKey = new Uint8Array(32);

/** A provider that answers as it is told. */
function painter(answer: Partial<Provider<"image", "image", unknown>>): Provider<"image", "image", unknown> {
  return {
    name: "painter",
    yields: "image",
    accepts: ["image"],
    models: {},
    prepare: (request) => ({ body: request }),
    submit: async () => ({ status: "done", output: { assets: [{ mediaType: "image/png", bytes: Uint8Array.of(1) }] } }),
    ...answer,
  };
}

/** A provider whose output is this. */
const giving = (output: ProviderOutput) => painter({ submit: async () => ({ status: "done", output }) });

/** Everything that a run tells anyone. */
async function toldBy(pipeline: AnyPipeline, options: object = {}): Promise<string> {
  const lines: unknown[] = [];
  const log = (message: string, facts?: unknown) => lines.push(message, facts);
  const journal = memoryJournal();
  const runtime = createRuntime({ journal, logger: { debug: log, info: log, warn: log } });
  const job = pipeline.start({ runtime, throwOnFailure: false, ...options });
  const events = await collect(job.events);
  const result = await job.result;
  const entries: unknown[] = [];
  for await (const entry of journal.read(result.runId)) entries.push(entry);
  const all = [
    lines,
    events,
    entries,
    result.run,
    result.manifest.toCanonicalJson(),
    result.error,
    result.error?.cause,
  ];
  return inspect(all, { depth: 30, maxStringLength: null });
}

describe("a private text does not come out", () => {
  it("when a provider refuses a computed prompt, or options that are private", async () => {
    const refusing = painter({
      prepare(request) {
        throw new GenblazeError("INVALID_INPUT", `Not this: ${JSON.stringify(request)}`, {
          details: { asked: request.prompt ?? "" },
        });
      },
    });
    const pipeline = new Pipeline("p", { input: z.object({ words: z.string() }) }).step(refusing, {
      model: "m",
      prompt: from("input", ({ words }) => words),
      params: { style: from("input", ({ words }) => `${words} in oil`) },
      providerOptions: { own: `${SECRET}_OPTIONS` },
      promptVisibility: "private",
      privateParams: ["style", "providerOptions"],
    });
    const told = await toldBy(pipeline as never, { input: { words: SECRET } });
    expect(told).toContain("Not this: ");
    expect(told).not.toContain("CANARY");
  });

  it("when its job is cancelled and the provider logs, or throws, the words", async () => {
    const controller = new AbortController();
    const words = { q: SECRET };
    const job = painter({
      async submit() {
        return { status: "pending", operation: words, retryAfterMs: 1 };
      },
      async poll() {
        controller.abort();
        return { status: "pending", operation: words };
      },
      async cancel(operation, { logger }) {
        logger.info(`cancelling ${JSON.stringify(operation)}`, words);
        throw new Error(`cannot cancel ${SECRET}`);
      },
    });
    const pipeline = new Pipeline("p").step(job, { model: "m", prompt: SECRET, promptVisibility: "private" });
    const told = await toldBy(pipeline as never, { signal: controller.signal });
    expect(told).toContain("cancelling ");
    expect(told).not.toContain("CANARY");
  });

  it("as a number", async () => {
    const lat = 123456789012;
    const image = giving({
      assets: [{ mediaType: "image/png", bytes: Uint8Array.of(1), metadata: { lat, near: { lat: 1234567890 } } }],
      payload: { lat, text: `at ${lat}`, other: 7 },
    });
    const pipeline = new Pipeline("p").step(image, {
      model: "m",
      params: { lat },
      promptVisibility: "private",
      privateParams: ["lat"],
    });
    const told = await toldBy(pipeline as never);
    expect(told).not.toContain("12345678");
    expect(told).toContain("other: 7");
  });

  it("from the text that it was made of", async () => {
    const chat = scriptedProvider({
      name: "chat",
      yields: "text",
      script: [{ kind: "done", output: { text: SECRET, payload: { echo: SECRET } } }],
    });
    const pipeline = new Pipeline("p")
      .step(chat, { name: "story", model: "m", prompt: "public" })
      .step(painter({}), { model: "m", prompt: from("story", (story) => `${story}`), promptVisibility: "private" });
    expect(await toldBy(pipeline as never)).not.toContain("CANARY");
  });

  it("through a public step that reads a private one's answer", () => {
    const chat = scriptedProvider({ name: "chat", yields: "text" });
    const pipeline = new Pipeline("p")
      .step(chat, { name: "story", model: "m", prompt: SECRET, promptVisibility: "private" })
      .step(painter({}), { model: "m", prompt: from("story", (story) => `${story}`) });
    expect(codeOf(() => pipeline.plan())).toBe("INVALID_OPTION");
  });

  it("from an input that only encrypted steps read: it is encrypted too, and needs no opening", async () => {
    const result = await new Pipeline("p", { input: z.string() })
      .step(painter({}), { model: "m", prompt: from("input", (words) => words), promptVisibility: "encrypted" })
      .run({ input: SECRET, privacy: { encryptionKey } });
    expect(result.opening()).toBeUndefined();
    expect(result.manifest.toCanonicalJson()).not.toContain("CANARY");
    expect(
      decryptManifest(result.manifest, encryptionKey).map(({ step, field, value }) => [step, field, value]),
    ).toEqual([
      [0, "prompt", SECRET],
      [null, "input", SECRET],
    ]);
  });

  it("in what is said of options and input that do not fit", async () => {
    const odd = { toJSON: undefined, CANARY_KEY_123: () => 1 };
    const build = () =>
      new Pipeline("p").step(painter({}), {
        model: "m",
        params: { style: odd as never },
        promptVisibility: "private",
        privateParams: ["style"],
      });
    expect(codeOf(build)).toBe("INVALID_OPTION");
    expect(inspect(await rejection((async () => build())()))).not.toContain("CANARY");
    const strict = new Pipeline("p", { input: z.strictObject({ words: z.string() }) }).step(painter({}), {
      model: "m",
      prompt: from("input", ({ words }) => words),
      promptVisibility: "private",
    });
    const input = { words: "x", [SECRET]: 1 };
    expect(inspect(await rejection(strict.run({ input })), { depth: 10 })).not.toContain("CANARY");
  });
});

describe("ordinary words that are private", () => {
  it.each(["no warnings please", "metadata and payload", "duration sizeBytes mediaType", "modelVersion, image/png"])(
    "do not change what a record is made of (%s)",
    async (prompt) => {
      const image = giving({
        assets: [{ mediaType: "image/png", bytes: Uint8Array.of(1), durationSeconds: 2, metadata: { mood: "calm" } }],
        modelVersion: "v-1",
      });
      const { manifest } = await new Pipeline("p")
        .step(image, { model: "m", prompt, promptVisibility: "private" })
        .run();
      const [step] = manifest.run.steps;
      expect(step).toMatchObject({ status: "succeeded", modelVersion: "v-1" });
      expect(step?.assets[0]).toMatchObject({
        mediaType: "image/png",
        sizeBytes: 1,
        duration: 2,
        metadata: { mood: "calm" },
      });
      expect(manifest.verify()).toBe(true);
    },
  );

  it("leave the URL of an output to the next step, whatever is recorded", async () => {
    const url = "https://files.example.com/out.png";
    const seen: string[] = [];
    const next = painter({
      prepare(request) {
        seen.push(...request.inputs.map(({ asset }) => asset.url));
        return { body: request };
      },
    });
    const { manifest } = await new Pipeline("p")
      .step(giving({ assets: [{ mediaType: "image/png", url, sha256: "a".repeat(64) }] }), {
        name: "a",
        model: "m",
        prompt: "https://files.example.com is where it is",
        promptVisibility: "private",
      })
      .step(next, { model: "m", inputs: ["a"] })
      .run();
    expect(seen.at(-1)).toBe(url);
    expect(manifest.run.steps[0]?.assets[0]?.url).toBe("[private]/out.png");
  });

  it("do not fail a step whose provider logs what is no JSON", async () => {
    const lines: string[] = [];
    const log = (message: string, facts?: unknown) => lines.push(inspect([message, facts], { depth: 10 }));
    const circle: Record<string, unknown> = { error: new Error(`no ${SECRET}`), at: new Date(0) };
    circle.self = circle;
    const logging = painter({
      async submit(_, { logger }) {
        logger.warn("odd", circle as never);
        return { status: "done", output: { assets: [{ mediaType: "image/png", bytes: Uint8Array.of(1) }] } };
      },
    });
    const runtime = createRuntime({ logger: { debug: log, info: log, warn: log }, clock: createFakeClock() });
    await new Pipeline("p").step(logging, { model: "m", prompt: SECRET, promptVisibility: "private" }).run({ runtime });
    expect(lines.join("\n")).toContain("Error: no [private]");
    expect(lines.join("\n")).not.toContain("CANARY");
  });
});
