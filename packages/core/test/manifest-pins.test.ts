import { describe, expect, it } from "vitest";
import { createAsset, createRun, createStep, Manifest } from "../src/manifest/index.js";

// The hash is SHA-256 over a payload made with Python's json.dumps(sort_keys=True); a change here breaks every manifest.
const ASSET_TEXT =
  '{"asset_id":"a","audio":null,"duration":2.0,"height":null,"media_type":"video/mp4","metadata":{},' +
  '"sha256":null,"size_bytes":3,"tracks":null,"url":"https://x/a.mp4","video":null,"width":null}';
const STEP_TEXT = `{"assets":[${ASSET_TEXT}],"completed_at":null,"cost_usd":null,"error":null,"error_code":null,"inputs":[],"metadata":{},"modality":"image","model":"m","model_hash":null,"model_version":null,"negative_prompt":null,"params":{},"prompt":null,"prompt_visibility":"public","provider":"p","provider_payload":{},"retries":0,"run_id":null,"seed":null,"started_at":null,"status":"pending","step_id":"s","step_index":null,"step_type":"generate"}`;
const HASH = "1b79398b602c56318d1dafecc10adde5f3a63377c31f3423076fe84503db4af7";
const TEXT = `{"canonical_hash":"${HASH}","encryption_scheme":null,"manifest_uri":null,"run":{"completed_at":null,"created_at":"2026-01-15T12:00:00Z","idempotency_key":null,"metadata":{},"name":null,"parent_run_id":null,"project_id":null,"run_id":"r","started_at":null,"status":"pending","steps":[${STEP_TEXT}],"tenant_id":null},"schema_version":"1.5","signature":null,"transfer_failures":[]}`;

describe("the written format", () => {
  const asset = createAsset({
    assetId: "a",
    url: "https://x/a.mp4",
    mediaType: "video/mp4",
    sizeBytes: 3,
    duration: 2,
  });
  const step = createStep({ stepId: "s", provider: "p", model: "m", assets: [asset] });
  const manifest = Manifest.fromRun(createRun({ runId: "r", createdAt: "2026-01-15T12:00:00Z", steps: [step] }));

  it("keeps the hash of a known run", () => {
    expect(manifest.canonicalHash).toBe(HASH);
  });

  it("keeps the text of a known run", () => {
    expect(manifest.toCanonicalJson()).toBe(TEXT);
  });
});
