import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Manifest } from "../src/manifest/manifest.js";
import type { Step } from "../src/manifest/model.js";
import { replay } from "../src/replay/replay.js";
import { pythonManifest, rebuiltStep, servedFrom } from "./replay-support.js";
import { scriptedProvider } from "./support.js";
import { rejection } from "./thrown.js";

const mock = scriptedProvider({ name: "mock", yields: "image" });
const mockVideo = scriptedProvider({ name: "mock-video", yields: "video", accepts: ["image"] });
const gmicloud = scriptedProvider({ name: "gmicloud", yields: "video", accepts: ["image"] });

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const picture = new TextEncoder().encode("a picture");

/** The recorded run with its first step changed. */
function withStep(manifest: Manifest, change: (step: Step) => Partial<Step>): Manifest {
  const [first, ...others] = manifest.run.steps;
  if (first === undefined) throw new Error("a manifest with steps is expected");
  return Manifest.fromRun({ ...manifest.run, steps: [{ ...first, ...change(first) }, ...others] });
}

describe("replay of a manifest that the Python library wrote", () => {
  it("rebuilds steps without names, and leaves the outcomes of that run behind", async () => {
    const manifest = pythonManifest("pipeline-run");
    const again = replay(manifest, [mock, mockVideo]);
    expect(again.pipeline.definition).toMatchObject({
      name: "pipe",
      tenantId: "t1",
      projectId: "pr",
      metadata: { run: "x" },
    });
    expect(rebuiltStep(again, "step-1")).toMatchObject({
      model: "m1",
      prompt: "a cat",
      params: { guidance_scale: 7, seed: 3 },
      metadata: { sku: "1" },
      inputs: undefined,
    });
    expect(rebuiltStep(again, "step-2")).toMatchObject({ model: "m2", prompt: "pan", metadata: {} });
    expect(again.notReplayed).toEqual([
      {
        step: "step-2",
        what: "fallbacks",
        why: "The replay asks the model that answered, and no other (recorded: m3).",
      },
    ]);
    const { run, manifest: second } = await again.run();
    expect(run.parentRunId).toBe("57ef69aa-c216-48aa-a279-2e7581744e12");
    expect(run.steps.map(({ metadata }) => metadata)).toEqual([{ sku: "1", name: "step-1" }, { name: "step-2" }]);
    const third = replay(second, [mock, mockVideo]);
    expect([third.changes, third.notReplayed]).toEqual([[], []]);
    expect((await third.run()).run.metadata).toEqual({ run: "x", parent_run_ids: [second.run.runId] });
  });

  it("asks the model that finally ran and says so", () => {
    const manifest = withStep(pythonManifest("pipeline-run"), () => ({
      model: "m9",
      metadata: { _fallback_models: ["m9"], fallback_from: "m1", fallback_model: "m9" },
    }));
    const again = replay(manifest, [mock, mockVideo]);
    expect(rebuiltStep(again, "step-1")).toMatchObject({ model: "m9", metadata: {} });
    expect(again.notReplayed[0]).toEqual({
      step: "step-1",
      what: "fallbacks",
      why: "The run came to m9 after m1 failed. The replay asks m9 at once, and no other.",
    });
  });

  it("connects steps by the assets that they took, not by their order", () => {
    const { run } = pythonManifest("pipeline-run");
    const [first, second] = run.steps;
    if (first === undefined || second === undefined) throw new Error("two steps are expected");
    const chained = Manifest.fromRun({ ...run, steps: [first, { ...second, inputs: first.assets }] });
    expect(rebuiltStep(replay(chained, [mock, mockVideo]), "step-2")?.inputs).toEqual([
      { role: undefined, source: "step-1" },
    ]);
    const renamed = first.assets.map((asset) => ({ ...asset, assetId: "moved" }));
    const stored = Manifest.fromRun({ ...run, steps: [first, { ...second, inputs: renamed }] });
    expect(rebuiltStep(replay(stored, [mock, mockVideo]), "step-2")?.inputs).toHaveLength(1);
    const third = { ...second, inputs: first.assets, metadata: { _input_from: [0, 1, 7, "x", 0] } };
    const named = Manifest.fromRun({ ...run, steps: [first, second, third] });
    const takesVideo = { ...mockVideo, accepts: ["image", "video"] as const };
    expect(rebuiltStep(replay(named, [mock, takesVideo]), "step-3")?.inputs?.map(({ source }) => source)).toEqual([
      "step-1",
      "step-2",
    ]);
  });

  it("says where it takes more than was taken, and where only some inputs had roles", () => {
    const { run } = pythonManifest("pipeline-run");
    const [first, second] = run.steps;
    if (first === undefined || second === undefined) throw new Error("two steps are expected");
    const pair = first.assets.flatMap((asset) => ["a", "b"].map((assetId) => ({ ...asset, assetId, sha256: null })));
    const maker = { ...first, assets: pair };
    const takes = (facts: Partial<Step>) => {
      const manifest = Manifest.fromRun({ ...run, steps: [maker, { ...second, metadata: {}, ...facts }] });
      const again = replay(manifest, [mock, mockVideo], { fetchInput: servedFrom({}).fetchInput });
      const inputs = rebuiltStep(again, "step-2")?.inputs?.map(({ role, source }) => [role, source]);
      return [inputs, again.notReplayed.filter(({ step }) => step === "step-2").map(({ what }) => what)];
    };
    expect(takes({ inputs: pair })).toEqual([[[undefined, "step-1"]], []]);
    expect(takes({ inputs: pair.slice(1) })).toEqual([[[undefined, "step-1[1]"]], []]);
    const outside = first.assets.map((asset) => ({ ...asset, assetId: "c", sha256: sha256(picture) }));
    const roles = [{ from: 0, role: "frame" }, { from: 9, role: "x" }, "y"];
    expect(takes({ inputs: [...pair, ...outside], metadata: { _input_from: [0], input_roles: roles } })).toEqual([
      [
        [undefined, "step-1"],
        [undefined, "input-1"],
      ],
      ["input roles"],
    ]);
  });

  it("fetches inputs from outside first, and compares them with the recorded hash", async () => {
    const url = "https://cdn.example.com/in.png";
    const outside = (step: Step) => step.inputs.map((asset) => ({ ...asset, sha256: sha256(picture), sizeBytes: 9 }));
    const manifest = withStep(pythonManifest("every-field-v1_5"), (step) => ({ inputs: outside(step) }));
    const { fetchInput, asked } = servedFrom({ [url]: picture });
    const again = replay(manifest, [gmicloud], { fetchInput });
    expect(again.pipeline.definition.steps.map(({ key, type }) => [key, type])).toEqual([
      ["input-1", "import"],
      ["step-1", "edit"],
    ]);
    expect(asked).toEqual([]);
    const { run } = await again.run();
    expect(asked).toEqual([url]);
    expect(run.steps[0]).toMatchObject({ provider: "genblaze", model: "recorded-input", stepType: "import" });
    expect(run.steps[0]?.assets[0]).toMatchObject({ sha256: sha256(picture), width: 1, metadata: { text: "alt" } });
    expect(run.steps[1]?.metadata).toEqual({ campaign: "x", n: 1, name: "step-1", _input_from: [0] });

    const other = servedFrom({ [url]: new TextEncoder().encode("a forgery") });
    const failed = await rejection(replay(manifest, [gmicloud], { fetchInput: other.fetchInput }).run());
    expect(failed.message).toContain("other bytes are at its address now");
    const larger = servedFrom({ [url]: new Uint8Array(10) });
    const refused = await rejection(replay(manifest, [gmicloud], { fetchInput: larger.fetchInput }).run());
    expect(refused.message).toContain("other bytes are at its address now");
  });

  it("takes an input without a recorded hash with a warning", async () => {
    const url = "https://cdn.example.com/in.png";
    const bare = (step: Step) => step.inputs.map((asset) => ({ ...asset, sha256: null, sizeBytes: null }));
    const manifest = withStep(pythonManifest("every-field-v1_5"), (step) => ({ inputs: bare(step) }));
    const again = replay(manifest, [gmicloud], { fetchInput: servedFrom({ [url]: picture }).fetchInput });
    expect(again.notReplayed.filter(({ step }) => step === "input-1").map(({ what }) => what)).toEqual(["sha256"]);
    const { steps } = await again.run();
    expect(steps[0]?.warnings[0]?.message).toContain("has no recorded SHA-256");
    expect(steps[0]?.assets[0]?.sha256).toBe(sha256(picture));
  });

  it("brings in again what an ingest brought in, though no provider is recorded", async () => {
    const texts = ["audio", "video", "text"].map((word) => new TextEncoder().encode(word));
    const { run } = pythonManifest("pipeline-ingest");
    const steps = run.steps.map((step, index) => ({
      ...step,
      assets: step.assets.map((asset) => ({ ...asset, sha256: sha256(texts[index] ?? picture) })),
    }));
    const urls = steps.map(({ assets: [asset] }) => asset?.url ?? "");
    const files = Object.fromEntries(urls.map((url, index) => [url, texts[index] ?? picture]));
    const again = replay(Manifest.fromRun({ ...run, steps }), [], { fetchInput: servedFrom(files).fetchInput });
    expect(again.changes.map(({ step, field, to }) => [step, field, to])).toEqual([
      ["step-1", "provider", "genblaze"],
      ["step-2", "provider", "genblaze"],
      ["step-3", "provider", "genblaze"],
    ]);
    const result = await again.run();
    expect(result.run.steps.map(({ stepType, modality, assets }) => [stepType, modality, assets[0]?.sha256])).toEqual([
      ["ingest", "audio", sha256(texts[0] ?? picture)],
      ["ingest", "video", sha256(texts[1] ?? picture)],
      ["ingest", "text", sha256(texts[2] ?? picture)],
    ]);
    expect(result.run.steps[0]?.metadata).toEqual({ feed_url: "https://f", source: "rss", name: "step-1" });
    const second = replay(result.manifest, [], { fetchInput: async () => servedFrom(files).fetchInput(urls[0] ?? "") });
    expect(second.changes).toEqual([]);
  });

  it("uses private prompts that stand in the clear, and keeps redacted ones from readers", () => {
    const manifest = pythonManifest("visibilities");
    const again = replay(manifest, [mock]);
    const { steps } = again.pipeline.definition;
    expect(steps.map(({ prompt, promptVisibility }) => [prompt, promptVisibility])).toEqual([
      ["a", "public"],
      [undefined, "private"],
      ["secret", "private"],
    ]);
    expect(again.changes).toEqual([{ step: "step-2", field: "promptVisibility", from: "redacted", to: "private" }]);
    expect(again.notReplayed.map(({ step, what }) => [step, what])).toEqual([
      [null, "name"],
      ["step-2", "prompt"],
    ]);
    expect(again.describe()).not.toContain("secret");
    expect(again.describe()).toContain("prompt [private]");
  });

  it.each(["pipeline-chat", "pipeline-failed", "lineage-child", "big-seed", "every-field-v1_6", "every-field-v1_3"])(
    "rebuilds %s",
    (name) => {
      const manifest = pythonManifest(name);
      const given = manifest.run.steps.map(({ provider, modality }) =>
        scriptedProvider({ name: provider ?? "", yields: modality, accepts: ["image", "video", "audio", "text"] }),
      );
      const again = replay(manifest, given);
      expect(again.changes).toEqual([]);
      expect(again.describe()).toContain("replay of ");
    },
  );
});
