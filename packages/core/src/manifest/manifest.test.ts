import { describe, expect, expectTypeOf, it } from "vitest";
import { float } from "../json/json-float.js";
import type { JsonObject } from "../json/json-value.js";
import type { AssetFields } from "./create-model.js";
import { createAsset, createRun, createStep } from "./create-model.js";
import { toEmbedJson } from "./embed-json.js";
import { Manifest } from "./manifest.js";
import type { Asset, Run, Step } from "./model.js";
import type { RunInput } from "./model-input.js";
import { parseManifest } from "./parse-manifest.js";

const asset = (fields: Partial<AssetFields> = {}): Asset =>
  createAsset({
    assetId: "asset-1",
    url: "https://files.example.com/a.png",
    mediaType: "image/png",
    sha256: "a".repeat(64),
    ...fields,
  });
const step = (fields: Partial<Step> = {}): Step =>
  createStep({ stepId: "step-1", provider: "mock", model: "mock-1", assets: [asset()], ...fields });
const run = (...steps: readonly Step[]): Run =>
  createRun({ runId: "run-1", createdAt: "2026-01-15T12:00:00Z", steps: steps.length === 0 ? [step()] : steps });

describe("Manifest.fromRun", () => {
  it("makes a manifest that verifies after a round trip through its text", () => {
    const manifest = Manifest.fromRun(run(), { manifestUri: "https://files.example.com/m.json" });
    const again = parseManifest(manifest.toCanonicalJson());
    expect(again.report()).toEqual({
      ok: true,
      hashOk: true,
      unverifiedSha256Ids: [],
      invalidMetadataIds: [],
      declaredHash: manifest.canonicalHash,
      computedHash: manifest.canonicalHash,
    });
    expect(again.run).toEqual(run());
    expect(again.toCanonicalJson()).toBe(manifest.toCanonicalJson());
    expect(again.manifestUri).toBe("https://files.example.com/m.json");
    expect(again.schemaVersion).toBe("1.5");
  });

  it("takes a plain Run and one with explicit floats", () => {
    expectTypeOf<Run>().toExtend<RunInput>();
    expectTypeOf(Manifest.fromRun).parameter(0).toEqualTypeOf<RunInput>();
    expectTypeOf(Manifest.fromRun(run()).run).toEqualTypeOf<Run>();
  });

  it("tells 7 from float(7), shows both as 7 and keeps the difference in exactRun", () => {
    const plain = { ...run(), steps: [{ ...step(), params: { guidance: 7 } }] };
    const exact = { ...run(), steps: [{ ...step(), params: { guidance: float(7) } }] };
    const manifest = Manifest.fromRun(exact);
    expect(manifest.canonicalHash).not.toBe(Manifest.fromRun(plain).canonicalHash);
    expect(manifest.toCanonicalJson()).toContain('"guidance":7.0');
    const parsed = parseManifest(manifest.toCanonicalJson());
    expect(parsed.run.steps[0]?.params).toEqual({ guidance: 7 });
    expect(Manifest.fromRun(parsed.exactRun).canonicalHash).toBe(manifest.canonicalHash);
  });

  it("shows integers beyond 2^53 as bigint in typed fields", () => {
    const parsed = parseManifest(Manifest.fromRun(run(step({ seed: 2n ** 60n, retries: 3n }))).toCanonicalJson());
    expect(parsed.run.steps[0]?.seed).toBe(2n ** 60n);
    expect(parsed.run.steps[0]?.retries).toBe(3);
  });

  it("does not follow later changes of the run it was made of", () => {
    const params = { size: "1024x1024" };
    const manifest = Manifest.fromRun(run(step({ params })));
    params.size = "1x1";
    expect(manifest.verify()).toBe(true);
    expect(manifest.run.steps[0]?.params).toEqual({ size: "1024x1024" });
  });

  it("writes times in the manifest's own form and leaves undefined entries out", () => {
    const made = Manifest.fromRun({
      ...run(),
      createdAt: "2026-01-15T12:00:00.500+00:00",
      metadata: { gone: JSON.parse("[]")[0], kept: 1 },
    });
    expect(made.run.createdAt).toBe("2026-01-15T12:00:00.500000Z");
    expect(made.run.metadata).toEqual({ kept: 1 });
  });

  const withAsset = (fields: Partial<AssetFields>) => run(step({ assets: [asset(fields)] }));
  it.each<[string, Run]>([
    ["run.steps[0].assets[0].mediaType", withAsset({ mediaType: "png" })],
    ["run.steps[0].assets[0].width", withAsset({ width: 0 })],
    ["run.steps[0].assets[0].height", withAsset({ height: 1.5 })],
    ["run.steps[0].assets[0].duration", withAsset({ duration: Number.POSITIVE_INFINITY })],
    ["run.steps[0].assets[0].sizeBytes", withAsset({ sizeBytes: -1 })],
    ["run.steps[0].assets[0].video.frameRate", withAsset({ video: { frameRate: -1 } })],
    ["run.steps[0].assets[0].audio.channels", withAsset({ audio: { channels: 0 } })],
    [
      "run.steps[0].assets[0].audio.wordTimings[0]",
      withAsset({ audio: { wordTimings: [{ word: "a", start: 2, end: 1, confidence: null }] } }),
    ],
    [
      "run.steps[0].assets[0].audio.wordTimings[0].confidence",
      withAsset({ audio: { wordTimings: [{ word: "a", start: 0, end: 1, confidence: 2 }] } }),
    ],
    ["run.steps[1]", run(step(), step({ provider: null }))],
    ["run.steps[0].seed", run(step({ seed: 2 ** 53 }))],
    ["run.steps[0].startedAt", run(step({ startedAt: "2026-01-15T12:00:00" }))],
    ["run.createdAt", { ...run(), createdAt: "yesterday" }],
    // Values that the compiler would refuse, as a JavaScript caller could pass them.
    ["run.name", { ...run(), name: JSON.parse("5") }],
    ["run.metadata.at", { ...run(), metadata: { at: Object(new Date(0)) } }],
    ["run.steps[0].stepType", run(step({ stepType: JSON.parse('"paint"') }))],
  ])("refuses a wrong %s and names it", (field, wrong) => {
    expect(() => Manifest.fromRun(wrong)).toThrow(
      expect.objectContaining({
        code: "MANIFEST_INVALID",
        message: expect.stringContaining(`The manifest field ${field} is wrong: expected `),
        details: expect.objectContaining({ field }),
      }),
    );
  });

  it("takes steps without a provider when they ingest or import", () => {
    expect(Manifest.fromRun(run(step({ provider: null, stepType: "ingest" }))).verify()).toBe(true);
  });

  it("wants a word on how an encrypted prompt was encrypted", () => {
    const encrypted = run(step({ prompt: "c2VjcmV0", promptVisibility: "encrypted" }));
    expect(() => Manifest.fromRun(encrypted)).toThrow("encryptionScheme");
    expect(Manifest.fromRun(encrypted, { encryptionScheme: "age" }).verify()).toBe(true);
  });

  it("takes params up to level 100 of the whole manifest and refuses what is deeper", () => {
    const nest = (levels: number): JsonObject => (levels === 0 ? { leaf: 1 } : { deep: nest(levels - 1) });
    // The params object itself is at level 4, its leaf one below the innermost object.
    expect(Manifest.fromRun(run(step({ params: nest(95) }))).verify()).toBe(true);
    for (const levels of [96, 200, 5000]) {
      expect(() => Manifest.fromRun(run(step({ params: nest(levels) })))).toThrow(
        expect.objectContaining({ code: "MANIFEST_INVALID" }),
      );
    }
  });

  it("refuses a text that has no UTF-8 form", () => {
    expect(() => Manifest.fromRun(run(step({ prompt: "\ud800" })))).toThrow(
      expect.objectContaining({ code: "HASH_IMPOSSIBLE" }),
    );
  });
});

describe("a manifest's report", () => {
  it("names outputs without a hash and with impossible metadata, and leaves inputs alone", () => {
    const text = Manifest.fromRun(
      run(step({ inputs: [asset({ assetId: "input", sha256: null })], assets: [asset({ sha256: null, width: 5 })] })),
    )
      .toCanonicalJson()
      .replace('"width":5', '"width":-5');
    const report = parseManifest(text).report();
    expect(report).toMatchObject({
      ok: false,
      hashOk: false,
      unverifiedSha256Ids: ["asset-1"],
      invalidMetadataIds: ["asset-1"],
    });
  });

  it("has a clean hash and is still not ok when an output has no hash", () => {
    const report = Manifest.fromRun(run(step({ assets: [asset({ sha256: "A".repeat(64) })] }))).report();
    expect([report.hashOk, report.ok]).toEqual([true, false]);
  });
});

describe("copies of a manifest", () => {
  it("change the unhashed fields and keep the hash", () => {
    const manifest = Manifest.fromRun(run());
    const copy = manifest.withManifestUri("https://files.example.com/m.json").withTransferFailures(["asset-1"]);
    expect([copy.manifestUri, copy.transferFailures]).toEqual(["https://files.example.com/m.json", ["asset-1"]]);
    expect(copy.canonicalHash).toBe(manifest.canonicalHash);
    expect([manifest.manifestUri, manifest.transferFailures]).toEqual([null, []]);
    expect(copy.verify()).toBe(true);
  });

  it("get a new hash with another run", () => {
    const manifest = Manifest.fromRun(run(), { manifestUri: "https://files.example.com/m.json" });
    const changed = manifest.withRun({ ...manifest.exactRun, name: "changed" });
    expect(changed.canonicalHash).not.toBe(manifest.canonicalHash);
    expect([changed.run.name, changed.manifestUri]).toEqual(["changed", "https://files.example.com/m.json"]);
  });
});

describe("toEmbedJson", () => {
  it("refuses a policy that would break the hash, and a pointer to nowhere", () => {
    const manifest = Manifest.fromRun(run());
    for (const policy of [{ promptVisibility: "private" }, { includeParams: false }, { includeSeed: false }] as const) {
      expect(() => toEmbedJson(manifest, policy)).toThrow(expect.objectContaining({ code: "POLICY_REFUSED" }));
    }
    expect(() => toEmbedJson(manifest, { embedMode: "pointer" })).toThrow("Store the manifest first.");
    expect(toEmbedJson(manifest)).toBe(manifest.toCanonicalJson());
  });

  it("gives a pointer that parseManifest recognises", () => {
    const manifest = Manifest.fromRun(run(), { manifestUri: "https://files.example.com/m.json" });
    expect(() => parseManifest(toEmbedJson(manifest, { embedMode: "pointer" }))).toThrow(
      expect.objectContaining({
        code: "MANIFEST_IS_POINTER",
        details: { manifestUri: "https://files.example.com/m.json", canonicalHash: manifest.canonicalHash },
      }),
    );
  });
});
