// Reading the manifest of an MP4 of 100 MB: time and peak memory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embedManifest, extractManifest } from "@genblaze/media";
import { writeBigFile } from "./big-files.mjs";
import { median, times } from "./median.mjs";
import { smallManifest } from "./small-manifest.mjs";

const folder = await mkdtemp(join(tmpdir(), "genblaze-bench-"));
try {
  const path = join(folder, "big.mp4");
  await writeBigFile(path, "mp4", 100_000_000);
  await embedManifest(path, smallManifest());
  const measured = median(await times(() => extractManifest(path)));
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify([
      { what: "extract from a 100 MB mp4", measured, unit: "ms", goal: 5 },
      { what: "extract from a 100 MB mp4, peak memory", measured: peakMiB, unit: "MiB", goal: 80 },
    ]),
  );
} finally {
  await rm(folder, { recursive: true });
}
