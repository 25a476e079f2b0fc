import { describe, expect, it } from "vitest";
import { codeOf } from "../../test/thrown.js";
import { decodeJsonBytes } from "../json/decode-json-bytes.js";
import { createRun, createStep } from "./create-model.js";
import { Manifest } from "./manifest.js";
import { MAX_MANIFEST_BYTES, parseManifest } from "./parse-manifest.js";

const failsWith = (code: string) => expect.objectContaining({ code });

const legacy = (step: object) =>
  JSON.stringify({
    schema_version: "1.3",
    run: { run_id: "run-1", created_at: "2026-01-15T12:00:00Z", steps: [{ provider: "mock", model: "m", ...step }] },
    canonical_hash: "",
  });
const withHash = (text: string) =>
  text.replace('"canonical_hash":""', `"canonical_hash":"${parseManifest(text).computeHash()}"`);

describe("parseManifest", () => {
  it("reads at most 16 MiB, counted in UTF-8 bytes", () => {
    expect(MAX_MANIFEST_BYTES).toBe(16777216);
    const head = '{"schema_version":"1.5","run":{},"pad":"';
    const text = `${head}${"é".repeat((MAX_MANIFEST_BYTES - head.length - 2) / 2)}"}`;
    expect(new TextEncoder().encode(text)).toHaveLength(MAX_MANIFEST_BYTES);
    expect(parseManifest(text).run.steps).toEqual([]);
    expect(() => parseManifest(`${text} `)).toThrow(failsWith("INVALID_JSON"));
    expect(() => parseManifest(new Uint8Array(MAX_MANIFEST_BYTES + 1))).toThrow("Expected a manifest of at most");
  });

  it("reads bytes as UTF-8 and other encodings only when asked", () => {
    const text = Manifest.fromRun(createRun({ runId: "r", createdAt: "2026-01-15T12:00:00Z" })).toCanonicalJson();
    const utf16 = new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);
    expect(parseManifest(new TextEncoder().encode(text)).verify()).toBe(true);
    expect(parseManifest(decodeJsonBytes(utf16)).verify()).toBe(true);
    expect(() => parseManifest(utf16)).toThrow(failsWith("INVALID_JSON"));
    expect(() => parseManifest(`\ufeff${text}`)).toThrow(failsWith("INVALID_JSON"));
  });

  it("does not take a run with an own manifest_uri for a pointer", () => {
    expect(() => parseManifest('{"manifest_uri":"https://x/m.json","run":null}')).toThrow(
      failsWith("MANIFEST_INVALID"),
    );
    expect(() => parseManifest('{"manifest_uri":"https://x/m.json"}')).toThrow(
      expect.objectContaining({
        code: "MANIFEST_IS_POINTER",
        details: { manifestUri: "https://x/m.json", canonicalHash: "" },
      }),
    );
  });

  it("names the field by its name in the file", () => {
    expect(() => parseManifest('{"schema_version":"1.5","run":{"steps":[{"model":5}]}}')).toThrow(
      "The manifest field run.steps[0].model is wrong: expected a text, got 5.",
    );
  });

  it("never calls a manifest right whose hash covers an id that the file lacks", () => {
    expect(parseManifest(withHash(legacy({ step_id: "step-1" }))).report().hashOk).toBe(true);
    expect(parseManifest(withHash(legacy({}))).report().hashOk).toBe(false);
    expect(parseManifest(withHash(legacy({}).replace("1.3", "1.4"))).report().hashOk).toBe(true);
  });

  it("refuses an encrypted prompt without a scheme", () => {
    const encrypted = legacy({ step_id: "s", prompt_visibility: "encrypted" });
    expect(() => parseManifest(encrypted)).toThrow(failsWith("MANIFEST_INVALID"));
    expect(parseManifest(encrypted.replace("{", '{"encryption_scheme":"age",')).encryptionScheme).toBe("age");
  });

  it.each(["[]", "{}", "0", "0.0", "false", '""', "null"])("reads schema_version %s as 1.0", (version) => {
    expect(parseManifest(`{"schema_version":${version},"run":{}}`).schemaVersion).toBe("1.0");
  });

  it.each(["[1]", '{"a":1}', "1.5", "NaN", "true", '"1.7"', '"1.5 "'])("refuses schema_version %s", (version) => {
    expect(() => parseManifest(`{"schema_version":${version},"run":{}}`)).toThrow(
      failsWith("MANIFEST_VERSION_UNSUPPORTED"),
    );
  });

  it("keeps keys like __proto__ in free-form objects", () => {
    const text = '{"schema_version":"1.5","run":{"metadata":{"__proto__":{"x":1},"10":1,"9":2}}}';
    const manifest = parseManifest(text);
    expect(manifest.toCanonicalJson()).toContain('"metadata":{"10":1,"9":2,"__proto__":{"x":1}}');
    expect(Object.keys(manifest.run.metadata)).toEqual(["9", "10", "__proto__"]);
    expect(Manifest.fromRun(manifest.exactRun).canonicalHash).toBe(manifest.computeHash());
  });

  it("answers a number text of a million characters", () => {
    const blanks = " ".repeat(1_000_000);
    const digits = "1".repeat(1_000_000);
    const refused: string[] = [];
    for (const text of [`1${blanks}1`, digits, `${digits}x`, `${"1_".repeat(500_000)}x`]) {
      for (const field of ["retries", "cost_usd", "started_at"]) {
        refused.push(codeOf(() => parseManifest(legacy({ [field]: text }))));
      }
    }
    // As in Python, a float field takes a text of a million digits: it is infinite.
    expect(refused).toEqual(Array.from(refused, () => "MANIFEST_INVALID").with(4, "Error: nothing was thrown"));
  });

  it("gives models made of defaults only", () => {
    const step = createStep({ stepId: "s", model: "m" });
    expect(step).toMatchObject({ stepType: "generate", modality: "image", promptVisibility: "public", seed: null });
    expect(Object.keys(step)).toHaveLength(25);
  });
});
