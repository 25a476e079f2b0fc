import { createAsset, createRun, createStep, Manifest } from "@genblaze/core/manifest";

/** A manifest of one step. */
export function smallManifest() {
  const id = "00000000-0000-4000-8000-000000000001";
  const asset = createAsset({ assetId: id, url: "urn:sha256:0", mediaType: "video/mp4", sha256: "0".repeat(64) });
  const step = createStep({ stepId: id, provider: "mock", model: "mock-1", modality: "video", assets: [asset] });
  return Manifest.fromRun(createRun({ runId: id, createdAt: "2026-01-15T12:00:00Z", steps: [step] }));
}
