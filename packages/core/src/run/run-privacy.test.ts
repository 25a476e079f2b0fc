import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { compactDecrypt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { collect, image } from "../../test/run-support.js";
import { scriptedProvider } from "../../test/support.js";
import { codeOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { memoryJournal } from "../journal/memory-journal.js";
import { canonicalJson } from "../json/canonical-json.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import { checkOpening, decryptManifest, parseOpening } from "../privacy/check-opening.js";
import type { Opening } from "../privacy/opening.js";
import { readOpening, writeOpening } from "../privacy/opening-file.js";
import type { Provider } from "../provider/provider.js";
import { folder as folderStorage } from "../storage/folder-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import { createRuntime } from "./runtime.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-privacy-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A text that nothing else holds. */
const canary = () =>
  `${randomBytes(24).toString("base64url")} \u00e9\u4e16\ud83d\ude80 "${randomBytes(9).toString("hex")}"`;

const encryptionKey = Uint8Array.from({ length: 32 }, (_, index) => index);

/** A provider that repeats what it was asked wherever it can, as careless vendors do. */
function parrot(end: "done" | "failed" | "refused"): Provider<"image", "image", unknown> {
  return {
    name: "parrot",
    yields: "image",
    accepts: [],
    models: {},
    prepare(request) {
      const words = JSON.stringify(request);
      if (end === "refused") throw new GenblazeError("INVALID_INPUT", `Not this: ${words}`, { details: { words } });
      return { body: words, warnings: [{ option: "prompt", message: `Shortened: ${words}` }] };
    },
    async submit({ body }, { logger, onProgress }) {
      const words = String(body);
      logger.info(`Asked for ${words}`, { words, [words]: [words] });
      onProgress({ fraction: 0.5, message: `Painting ${words}` });
      return { status: "pending", operation: { words, [words]: words }, retryAfterMs: 1 };
    },
    async poll(operation) {
      const words = Reflect.get(Object(operation), "words");
      if (end === "failed") {
        const cause = new Error(`vendor said: ${words}`);
        const error = new GenblazeError("CONTENT_POLICY", `Refused: ${words}`, { cause, details: { words } });
        return { status: "failed", error };
      }
      const metadata = { revised_prompt: `Nicer: ${words}`, [words]: words };
      const assets = [
        { mediaType: "image/png", bytes: Uint8Array.of(1, 2, 3), metadata },
        { mediaType: "image/png", url: `https://files.example.com/${words}.png`, metadata },
      ];
      return { status: "done", output: { assets, modelVersion: words, payload: { words, [words]: words } } };
    },
  };
}

/** Everything that a run leaves behind or tells anyone, but for the bytes of assets. */
async function tracesOf(end: "done" | "failed" | "refused", visibility: "private" | "encrypted") {
  const secrets = { prompt: canary(), negative: canary(), style: canary(), nested: canary(), own: canary() };
  const lines: string[] = [];
  const log = (message: string, facts?: unknown) => lines.push(message, inspect(facts, { depth: 20 }));
  const journal = memoryJournal();
  const runtime = createRuntime({ journal, logger: { debug: log, info: log, warn: log } });
  const build = () =>
    new Pipeline("p").step(parrot(end), {
      name: "frame",
      model: "m",
      prompt: secrets.prompt,
      params: { negativePrompt: secrets.negative, style: secrets.style, deep: { list: [secrets.nested] }, size: "1K" },
      providerOptions: { own: secrets.own },
      promptVisibility: visibility,
      privateParams: ["style", "deep", "providerOptions"],
    });
  if (end === "refused") {
    const errors = inspect(await rejection((async () => build().plan())()), { depth: 20 });
    return { secrets, traces: [errors], opening: undefined };
  }
  const handle = build().start({
    runtime,
    throwOnFailure: false,
    privacy: { encryptionKey },
    sink: end === "done" ? undefined : objectStorageSink(folderStorage(folder)),
  });
  const events = await collect(handle.events);
  const result = await handle.result;
  if (end === "done") await result.save(join(folder, "frame.png"), { asset: 0 });
  const entries = await collectAll(journal.read(result.runId));
  const error = result.error;
  const thrown = [error, error?.cause, ...result.steps.map((step) => step.error)].map((each) =>
    inspect(each, { depth: 20 }),
  );
  const files = await Promise.all(
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")),
  );
  const told = [events, entries, result.run, result, lines].map((each) =>
    inspect(each, { depth: 20, maxStringLength: null, getters: true }),
  );
  const written = [JSON.stringify(events), JSON.stringify(entries), result.manifest.toCanonicalJson()];
  return { secrets, traces: [...told, ...written, ...thrown, ...lines, ...files], opening: result.opening(), result };
}

describe("a private step", () => {
  it.each([
    ["done", "private"],
    ["failed", "private"],
    ["refused", "private"],
    ["done", "encrypted"],
    ["failed", "encrypted"],
    ["refused", "encrypted"],
  ] as const)("leaves no 8 bytes of its prompt or private parameters anywhere (%s, %s)", async (end, visibility) => {
    const { secrets, traces } = await tracesOf(end, visibility);
    expect(traces.length).toBeGreaterThan(end === "refused" ? 0 : 10);
    const all = Buffer.from(traces.join("\n"));
    for (const [name, secret] of Object.entries(secrets)) {
      const bytes = Buffer.from(secret);
      const found = Array.from({ length: bytes.length - 7 }, (_, start) => bytes.subarray(start, start + 8)).filter(
        (window) => all.includes(window),
      );
      expect([name, found.map(String)]).toEqual([name, []]);
    }
  });

  it("keeps what is not private, and gives the provider everything", async () => {
    const provider = scriptedProvider({ name: "p", yields: "image" });
    const { manifest, step } = await new Pipeline("p")
      .step(provider, {
        name: "frame",
        model: "m",
        prompt: "a secret harbour",
        params: { style: "secret style", size: "1K", seed: 7 },
        promptVisibility: "private",
        privateParams: ["style"],
      })
      .run();
    expect(provider.calls[0]?.request).toMatchObject({ prompt: "a secret harbour", params: { style: "secret style" } });
    const [recorded] = manifest.run.steps;
    expect(recorded).toMatchObject({ prompt: null, promptVisibility: "private", params: { size: "1K" }, seed: 7 });
    expect(Object.keys(recorded?.params ?? {})).toEqual(["size"]);
    expect(step("frame").state).toBe("succeeded");
    expect(manifest.verify()).toBe(true);
    expect(parseManifest(manifest.toCanonicalJson()).verify()).toBe(true);
  });

  it("commits to each value under its own salt, by the rule that the docs state", async () => {
    const { manifest, opening } = await run({ prompt: "a secret harbour", params: { style: "oil" } });
    const { values } = opening() ?? { values: [] };
    expect(values.map(({ step, field, value }) => [step, field, value])).toEqual([
      [0, "prompt", "a secret harbour"],
      [0, "params.style", "oil"],
    ]);
    expect(new Set(values.map(({ salt }) => salt)).size).toBe(2);
    const hashes = values.map(({ field, salt, value }) =>
      createHash("sha256")
        .update(`{"field":"${field}","salt":"${salt}","scheme":"genblaze-commitment-v1","value":"${value}"}`)
        .digest("hex"),
    );
    expect(manifest.run.steps[0]?.metadata.private).toEqual({
      scheme: "genblaze-commitment-v1",
      prompt: hashes[0],
      params: { style: hashes[1] },
    });
  });

  it("has other commitments in every run, and the same again under an owner's key and run id", async () => {
    const once = await run({ prompt: "x", params: { style: "oil" } });
    const again = await run({ prompt: "x", params: { style: "oil" } });
    expect(once.manifest.canonicalHash).not.toBe(again.manifest.canonicalHash);
    const ownerKey = new Uint8Array(32);
    const runtime = () => createRuntime({ createId: () => "11111111-1111-4111-8111-111111111111" });
    const one = await run({ prompt: "x", params: { style: "oil" } }, { privacy: { ownerKey }, runtime: runtime() });
    const two = await run({ prompt: "x", params: { style: "oil" } }, { privacy: { ownerKey }, runtime: runtime() });
    expect(one.opening()).toEqual(two.opening());
    expect(one.manifest.canonicalHash).toBe(two.manifest.canonicalHash);
  });

  it("is proven to someone by its opening, which proves nothing else", async () => {
    const { manifest, opening } = await run({ prompt: "a secret harbour", params: { style: "oil" } });
    const given = parseOpening(JSON.stringify(opening()));
    expect(checkOpening(manifest, given).map(({ verdict }) => verdict)).toEqual(["matches", "matches"]);
    const changed = (change: Partial<Opening["values"][number]>): Opening => ({
      ...given,
      values: given.values.slice(0, 1).map((value) => ({ ...value, ...change })),
    });
    for (const change of [
      { value: "another" },
      { field: "params.style" },
      { salt: "00" },
      { step: 1 },
      { step: null },
    ]) {
      expect(checkOpening(manifest, changed(change))[0]?.verdict).toBe("differs");
    }
  });

  it("hides the text that its prompt is made of, in the earlier step and in the run's input", async () => {
    const [input, reply] = [canary(), canary()];
    const chat = scriptedProvider({
      name: "chat",
      yields: "text",
      script: [{ kind: "done", output: { text: reply } }],
    });
    const result = await new Pipeline("p", { input: z.object({ sentence: z.string() }) })
      .step(chat, { name: "story", model: "m", prompt: "public words" })
      .step(image, { model: "m", prompt: from("story", (text) => `draw ${text}`), promptVisibility: "private" })
      .step(image, { model: "m", prompt: from("input", ({ sentence }) => sentence), promptVisibility: "private" })
      .run({ input: { sentence: input } });
    const text = result.manifest.toCanonicalJson();
    expect([input, reply].filter((secret) => text.includes(secret.slice(0, 8)))).toEqual([]);
    expect(result.step("story").text).toBe(reply);
    expect(result.manifest.run.metadata).toEqual({
      private: { scheme: "genblaze-commitment-v1", input: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const revealed = checkOpening(result.manifest, result.opening() ?? parseOpening(""));
    expect(revealed.map(({ step, field, verdict }) => [step, field, verdict])).toEqual([
      [1, "prompt", "matches"],
      [2, "prompt", "matches"],
      [null, "input", "matches"],
    ]);
  });

  it("says nothing of the function of its prompt but that it threw", async () => {
    const pipeline = new Pipeline("p", { input: z.string() }).step(image, {
      model: "m",
      prompt: from("input", (words) => {
        throw new Error(`cannot use ${words}`);
      }),
      promptVisibility: "private",
    });
    const error = await rejection(pipeline.run({ input: "a secret harbour" }));
    expect(inspect(error, { depth: 10 })).not.toContain("secret");
    expect(error.message).toContain('the function of from("input") for "prompt" threw.');
  });

  it("is never taken for private by a misspelt or a public name", () => {
    const build = (options: object) => () => new Pipeline("p").step(image, { model: "m", ...options });
    const privateStep = { promptVisibility: "private", params: { style: "oil" } };
    expect(codeOf(build({ ...privateStep, privateParams: ["sytle"] }))).toBe("INVALID_OPTION");
    expect(codeOf(build({ params: { style: "oil" }, privateParams: ["style"] }))).toBe("INVALID_OPTION");
    expect(codeOf(build({ promptVisibility: "hidden" }))).toBe("INVALID_OPTION");
  });
});

describe("an opening", () => {
  it("is written for its owner only, never over another, and never shown in an error", async () => {
    const { opening } = await run({ prompt: "a secret harbour", params: { style: "oil" } });
    const path = join(folder, "run.genblaze-opening.json");
    const given = opening();
    if (given === undefined) throw new Error("a private run has an opening");
    await writeOpening(path, given);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readOpening(path)).toEqual(given);
    expect((await rejection(writeOpening(path, given))).code).toBe("FILE_WRITE_FAILED");
    expect((await rejection(readOpening(join(folder, "none")))).code).toBe("FILE_NOT_FOUND");
    for (const text of ["", "{", "[]", "{}", '{"format":"genblaze-opening-v1"}', '{"secret harbour"']) {
      expect(codeOf(() => parseOpening(text))).toBe("OPENING_INVALID");
    }
  });

  it("is none for a run without private steps", async () => {
    expect((await new Pipeline("p").step(image, { model: "m", prompt: "x" }).run()).opening()).toBeUndefined();
  });
});

describe("an encrypted step", () => {
  it("is opened by its key alone, here and by another implementation of JWE", async () => {
    const { manifest } = await run(
      {
        prompt: "a secret harbour",
        params: { style: "oil", seed: 7, negativePrompt: "fog" },
        privateParams: ["style", "seed"],
      },
      { privacy: { encryptionKey } },
      "encrypted",
    );
    expect(manifest.encryptionScheme).toBe("JWE dir A256GCM");
    expect(manifest.run.steps[0]).toMatchObject({ promptVisibility: "encrypted", seed: null });
    const read = parseManifest(manifest.toCanonicalJson());
    expect(read.verify()).toBe(true);
    const opened = decryptManifest(read, encryptionKey);
    expect(opened.map(({ field, value }) => [field, value])).toEqual([
      ["prompt", "a secret harbour"],
      ["negative_prompt", "fog"],
      ["seed", 7],
      ["params.style", "oil"],
    ]);
    const { plaintext } = await compactDecrypt(read.run.steps[0]?.prompt ?? "", encryptionKey);
    expect(new TextDecoder().decode(plaintext)).toBe(canonicalJson({ field: "prompt", value: "a secret harbour" }));
    expect(codeOf(() => decryptManifest(read, new Uint8Array(32)))).toBe("OPENING_INVALID");
  });

  it("never uses a nonce twice", async () => {
    const runs = await Promise.all(
      [1, 2, 3].map(() =>
        run({ prompt: "same", params: { style: "same" } }, { privacy: { encryptionKey } }, "encrypted"),
      ),
    );
    const texts = runs.flatMap(({ manifest }) => [manifest.run.steps[0]?.prompt, manifest.run.steps[0]?.params.style]);
    expect(new Set(texts.map((text) => String(text).split(".")[2])).size).toBe(6);
  });

  it("differs when a field is put into another one's place", async () => {
    const { manifest } = await run(
      { prompt: "a", params: { style: "b" } },
      { privacy: { encryptionKey } },
      "encrypted",
    );
    const steps = manifest.exactRun.steps.map((step) => ({ ...step, prompt: String(step.params.style) }));
    expect(codeOf(() => decryptManifest(manifest.withRun({ ...manifest.exactRun, steps }), encryptionKey))).toBe(
      "OPENING_INVALID",
    );
  });

  it("is not run without a key, or with one of another length", async () => {
    const start = (privacy: object) => run({ prompt: "a", params: { style: "b" } }, { privacy }, "encrypted");
    const error = await rejection(start({}));
    expect([error.code, error.message]).toEqual([
      "INVALID_OPTION",
      'Step "step-1" is encrypted, so the run needs a key. Give it option privacy: { encryptionKey } of 32 bytes (--encrypt).',
    ]);
    expect((await rejection(start({ encryptionKey: new Uint8Array(16) }))).code).toBe("KEY_INVALID");
    expect((await rejection(start({ encryptionKey: "words" }))).code).toBe("INVALID_OPTION");
  });
});

async function run(step: object, options: object = {}, promptVisibility: "private" | "encrypted" = "private") {
  return new Pipeline("p")
    .step(image, { model: "m", promptVisibility, privateParams: ["style"], ...step })
    .run(options);
}

async function collectAll<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
