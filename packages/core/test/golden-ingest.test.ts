import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toIngestRun } from "../src/ingest/ingest-run.js";
import { Manifest } from "../src/manifest/manifest.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import { readGolden } from "./support/golden.js";

const facts = {
  source: "rss",
  sourceMetadata: { feed_url: "https://f" },
  stepType: "ingest",
  name: "ing",
  tenantId: null,
  projectId: null,
  parentRunIds: [],
  startedAt: 0,
  endedAt: 0,
  createId: () => globalThis.crypto.randomUUID(),
} as const;

describe("the manifest of an ingest", () => {
  it("has the Python library's hash, in whatever order its assets came", () => {
    const { run } = parseManifest(readGolden("manifests/valid/pipeline-ingest.json"));
    const assets = run.steps.flatMap((step) => step.assets);
    expect(assets.length).toBe(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(assets, { minLength: 3 }), (shuffled) => {
        expect(Manifest.fromRun(toIngestRun(shuffled, facts)).canonicalHash).toBe(
          "78da373e3142682dfc385cf9dc0a4b16ff6ffbbb7620eb7367f5d2a95bda645d",
        );
      }),
    );
  });
});
