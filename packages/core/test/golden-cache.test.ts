import { describe, expect, it } from "vitest";
import { stepCacheKey } from "../src/cache/step-cache-key.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import { readRows } from "./support/golden.js";
import { codeOf } from "./thrown.js";

interface CacheRow {
  readonly id: string;
  /** JSON text. */
  readonly step: string;
  readonly tenant_id: string | null;
  readonly value: string;
}

const rows = readRows<CacheRow>("cache_keys.jsonl");

describe("golden cache keys", () => {
  it("has all 19 rows", () => {
    expect(rows).toHaveLength(19);
  });

  it.each(rows)("$id: is Python's key", ({ step, tenant_id: tenantId, value }) => {
    expect(stepCacheKey(readStep(step), { tenantId })).toBe(value);
  });
});

describe("the cache key of a private step", () => {
  const ownerKey = Uint8Array.from({ length: 32 }, (_, index) => index);
  const [base] = rows;
  const step = { ...readStep(base?.step ?? ""), promptVisibility: "private" as const };

  it("is none without the owner's key", () => {
    expect(stepCacheKey(step)).toBeUndefined();
    expect(stepCacheKey({ ...step, promptVisibility: "encrypted" })).toBeUndefined();
  });

  it("is the HMAC-SHA-256 of the same text under the owner's key", () => {
    // Made with: printf '%s' TEXT | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001...1f
    expect(stepCacheKey(step, { ownerKey })).toBe("59ceab2ecf34414ade921d582b58179a37a10206f19995713f6a51918acf9c1f");
    expect(stepCacheKey({ ...step, prompt: "a dog" }, { ownerKey })).not.toBe(stepCacheKey(step, { ownerKey }));
    expect(stepCacheKey(step, { ownerKey: ownerKey.map((byte) => byte ^ 1) })).not.toBe(
      stepCacheKey(step, { ownerKey }),
    );
  });

  it("is none that two steps share whose values were taken out", () => {
    const recorded = { ...step, prompt: null, metadata: { private: { scheme: "genblaze-commitment-v1" } } };
    expect(codeOf(() => stepCacheKey(recorded, { ownerKey }))).toBe("OPENING_NEEDED");
    expect(codeOf(() => stepCacheKey(recorded))).toBe("OPENING_NEEDED");
    expect(stepCacheKey({ ...step, metadata: { private: true } }, { ownerKey })).toBe(stepCacheKey(step, { ownerKey }));
    expect(stepCacheKey({ ...step, metadata: { private: {} } }, { ownerKey })).toBe(stepCacheKey(step, { ownerKey }));
  });

  it("refuses a key that can be tried out", () => {
    expect(codeOf(() => stepCacheKey(step, { ownerKey: new Uint8Array(15) }))).toBe("KEY_INVALID");
  });
});

function readStep(text: string) {
  const run = `{"run_id":"r","created_at":"2026-01-01T00:00:00Z","steps":[${text}]}`;
  const [step] = parseManifest(`{"schema_version":"1.5","run":${run}}`).exactRun.steps;
  if (step === undefined) throw new Error("the row has no step");
  return step;
}
