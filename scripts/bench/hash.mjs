// Canonical hash of manifests of 1, 100 and 1,000 steps; the goal is an eighth of the Python library's time.
import { createAsset, createRun, createStep, Manifest } from "@genblaze/core/manifest";
import { median, times } from "./median.mjs";

const goalsUs = { 1: 26 / 8, 100: 1640 / 8, 1000: 18600 / 8 };

function runOf(count) {
  const id = (index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
  return createRun({
    runId: id(0),
    createdAt: "2026-01-15T12:00:00Z",
    name: "bench",
    status: "completed",
    steps: Array.from({ length: count }, (_, index) =>
      createStep({
        stepId: id(index),
        model: "seedream-5.0-lite",
        provider: "mock",
        prompt: `a paper boat crosses a rainy street, take ${index}`,
        seed: index,
        params: { aspectRatio: "16:9", guidance: 7.5, steps: 30 },
        status: "succeeded",
        assets: [
          createAsset({
            assetId: id(index),
            url: `https://cdn.example/${index}.png`,
            mediaType: "image/png",
            sha256: "ab".repeat(32),
            sizeBytes: 123_456,
            width: 1280,
            height: 720,
          }),
        ],
      }),
    ),
  });
}

const rows = [];
for (const [steps, goal] of Object.entries(goalsUs)) {
  const manifest = Manifest.fromRun(runOf(Number(steps)));
  const calls = Math.max(1, Math.round(2_000 / Number(steps)));
  const measured = await times(() => {
    for (let call = 0; call < calls; call++) manifest.computeHash();
  });
  rows.push({ what: `canonical hash, ${steps} steps`, measured: (median(measured) * 1_000) / calls, unit: "us", goal });
}
console.log(JSON.stringify(rows));
