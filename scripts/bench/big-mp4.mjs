import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAsset, createRun, createStep, Manifest } from "@genblaze/core/manifest";

const sizeBytes = 100_000_000;

/** Makes a folder with an MP4 of 100 MB whose media data is noise, calls back, and takes the folder away. */
export async function withBigMp4(work) {
  const folder = await mkdtemp(join(tmpdir(), "genblaze-bench-"));
  const path = join(folder, "big.mp4");
  const out = createWriteStream(path);
  const head = Buffer.alloc(32);
  head.writeUInt32BE(24, 0);
  head.write("ftypisom", 4, "latin1");
  head.write("isomavc1", 16, "latin1");
  head.writeUInt32BE(sizeBytes - 24, 24);
  head.write("mdat", 28, "latin1");
  out.write(head);
  const chunk = Buffer.alloc(1_000_000, 0x5a);
  for (let left = sizeBytes - 32; left > 0; left -= chunk.length) {
    if (!out.write(chunk.subarray(0, Math.min(left, chunk.length)))) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  try {
    return await work({ folder, path });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A manifest of one step. */
export function smallManifest() {
  const id = "00000000-0000-4000-8000-000000000001";
  const asset = createAsset({ assetId: id, url: "urn:sha256:0", mediaType: "video/mp4", sha256: "0".repeat(64) });
  const step = createStep({ stepId: id, provider: "mock", model: "mock-1", modality: "video", assets: [asset] });
  return Manifest.fromRun(createRun({ runId: id, createdAt: "2026-01-15T12:00:00Z", steps: [step] }));
}
