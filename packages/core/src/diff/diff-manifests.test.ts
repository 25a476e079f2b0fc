import { describe, expect, it } from "vitest";
import { pythonManifest } from "../../test/replay-support.js";
import { image } from "../../test/run-support.js";
import { scriptedProvider } from "../../test/support.js";
import { Manifest } from "../manifest/manifest.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { Provider } from "../provider/provider.js";
import { describeDiff } from "./describe-diff.js";
import { diffManifests } from "./diff-manifests.js";

const build = (prompt: string, params: Readonly<Record<string, unknown>>, model = "m") =>
  new Pipeline("p").step(image, { name: "frame", model, prompt, params });

const hashedFields = (left: Manifest, right: Manifest) =>
  diffManifests(left, right).hashed.map(({ step, field }) => [step, field]);

describe("diffManifests", () => {
  it("finds two equal runs the same in what is hashed, and other in ids and times", async () => {
    const [left, right] = [await build("a boat", {}).run(), await build("a boat", {}).run()];
    const diff = diffManifests(left.manifest, right.manifest);
    expect(diff).toMatchObject({ isSame: true, hashed: [], onlyLeft: [], onlyRight: [] });
    expect(diff.leftHash).toBe(diff.rightHash);
    expect(diff.unhashed.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["run_id", "step_id", "assets.0.asset_id"]),
    );
    expect(diff.unhashed[0]).toEqual({
      step: null,
      field: expect.any(String),
      left: expect.anything(),
      right: expect.anything(),
    });
    expect(describeDiff(diff)).toContain(": the same hashed facts\n");
  });

  it("says by step name and wire name what was done otherwise, parameters by their keys", async () => {
    const left = await build("a boat", { seed: 1, style: { ink: "blue", lines: [1, 2] }, size: 2 }).run();
    const right = await build("a ship", { style: { ink: "red", lines: [1] }, mood: "calm", size: 2 }, "n").run();
    const { hashed, isSame } = diffManifests(left.manifest, right.manifest);
    expect(isSame).toBe(false);
    expect(hashed).toEqual([
      { step: "frame", field: "model", left: "m", right: "n" },
      { step: "frame", field: "params.style.ink", left: "blue", right: "red" },
      { step: "frame", field: "params.style.lines.1", left: 2 },
      { step: "frame", field: "params.mood", right: "calm" },
      { step: "frame", field: "prompt", left: "a boat", right: "a ship" },
      { step: "frame", field: "seed", left: 1, right: null },
    ]);
    const text = describeDiff(diffManifests(left.manifest, right.manifest));
    expect(text).toContain(": 6 hashed facts differ\n");
    expect(text).toContain('  frame model: "m" -> "n"\n');
    expect(text).toContain('  frame params.mood: nothing -> "calm"\n');
    expect(text).toContain("  not hashed:\n    run ");
  });

  it("names steps that only one has, and another order", async () => {
    const three = (...names: readonly string[]) =>
      Pipeline.from({ name: "p", steps: names.map((name) => ({ provider: image, name, model: "m" })) }).run();
    const [left, right] = [await three("a", "b", "c"), await three("c", "a", "d")];
    const diff = diffManifests(left.manifest, right.manifest);
    expect([diff.onlyLeft, diff.onlyRight]).toEqual([["b"], ["d"]]);
    expect(diff.hashed).toEqual([{ step: null, field: "steps", left: ["a", "b", "c"], right: ["c", "a", "d"] }]);
    expect(describeDiff(diff)).toContain("  step b is only on the left\n  step d is only on the right\n");
  });

  it("does not show what is private, committed to, or encrypted", async () => {
    const encryptionKey = new Uint8Array(32);
    const secret = (promptVisibility: "private" | "encrypted", prompt: string) =>
      new Pipeline("p")
        .step(image, {
          name: "frame",
          model: "m",
          prompt,
          params: { style: `style of ${prompt}`, negativePrompt: "secret fog" },
          promptVisibility,
          privateParams: ["style"],
        })
        .run({ privacy: { encryptionKey } });
    const [left, right] = [await secret("private", "secret one"), await secret("encrypted", "secret two")];
    const again = await secret("private", "secret one");
    const plain = await build("shown", {}).run();
    const pairs = [
      [left, right],
      [left, again],
      [left, plain],
      [plain, right],
    ] as const;
    for (const [first, second] of pairs) {
      const diff = diffManifests(first.manifest, second.manifest);
      expect(diff.isSame).toBe(false);
      expect(JSON.stringify(diff) + describeDiff(diff)).not.toMatch(/secret|eyJ/);
    }
    expect(diffManifests(right.manifest, plain.manifest).hashed).toContainEqual({
      step: "frame",
      field: "prompt",
      left: "[private]",
      right: "shown",
    });
  });

  it("compares private prompts of the Python library, which stand in the clear, without showing them", () => {
    const left = pythonManifest("visibilities");
    const steps = left.run.steps.map((step) => (step.prompt === "secret" ? { ...step, prompt: "hidden" } : step));
    const right = Manifest.fromRun({ ...left.run, steps });
    expect(diffManifests(left, right).hashed).toEqual([
      { step: "step-3", field: "prompt", left: "[private]", right: "[private]" },
    ]);
  });

  it("tells 5 from 5.0 and keeps all digits, as the hash does", () => {
    const text = pythonManifest("one-image-pretty").toCanonicalJson();
    const withParam = (value: string) => parseManifest(text.replace('"params":{}', `"params":{"n":${value}}`));
    const first = (left: string, right: string) => diffManifests(withParam(left), withParam(right)).hashed;
    expect(first("5", "5.0")).toEqual([{ step: "step-1", field: "params.n", left: "5", right: "5.0" }]);
    expect(first("5", "5")).toEqual([]);
    expect(first("9007199254740993", "9007199254740995")).toEqual([
      { step: "step-1", field: "params.n", left: "9007199254740993", right: "9007199254740995" },
    ]);
    expect(first("{}", "[]")).toEqual([{ step: "step-1", field: "params.n", left: {}, right: [] }]);
  });

  it("compares manifests of all versions, also the one that is never written", () => {
    const [old, newest] = [pythonManifest("every-field-v1_3"), pythonManifest("every-field-v1_6")];
    expect(hashedFields(old, newest)).toContainEqual([null, "schema_version"]);
    expect(diffManifests(newest, newest)).toMatchObject({ isSame: true, hashed: [], unhashed: [] });
  });

  it("agrees with the hash on every pair of runs that differ in one fact", async () => {
    const quoting: Provider<"image", never, unknown> = { ...scriptedProvider({ yields: "image" }), name: "quoting" };
    const base = (await build("a", { k: 1 }).run()).manifest;
    const { run } = base;
    const [step] = run.steps;
    if (step === undefined) throw new Error("a step is expected");
    const changed = [
      { name: "q" },
      { tenantId: "t" },
      { metadata: { k: 1 } },
      { parentRunId: "x" },
      { status: "failed" as const },
      ...[
        { model: "n" },
        { provider: quoting.name },
        { params: { k: 2 } },
        { retries: 2 },
        { error: "x" },
        { modelVersion: "2" },
        { providerPayload: { job: "j" } },
        { assets: [] },
        { inputs: step.assets },
      ].map((facts) => ({ steps: [{ ...step, ...facts }] })),
    ].map((facts) => Manifest.fromRun({ ...run, ...facts }));
    for (const other of changed) {
      const diff = diffManifests(base, other);
      expect(diff.isSame).toBe(diff.leftHash === diff.rightHash);
      expect(diff.hashed.length + diff.unhashed.length).toBeGreaterThan(0);
    }
  });
});
