// Embedding into a file of one container, side by side with a plain stream copy of the same file, and the peak
// memory: `embed.mjs KIND MEGABYTES ROUNDS [sparse]`.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { embedManifest, stripManifest } from "@genblaze/media";
import { writeBigFile } from "./big-files.mjs";
import { median, times } from "./median.mjs";
import { smallManifest } from "./small-manifest.mjs";

const [kind = "mp4", megabytes = "100", rounds = "9", hole] = process.argv.slice(2);
const sizeBytes = Number(megabytes) * 1_000_000;
const name = `a ${megabytes} MB ${kind}${hole === undefined ? "" : ` (${hole})`}`;
const manifest = smallManifest();
const once = { rounds: 1, warmUps: 0 };

const folder = await mkdtemp(join(tmpdir(), "genblaze-bench-"));
try {
  const path = join(folder, `big.${kind}`);
  const plain = join(folder, `plain.${kind}`);
  const output = join(folder, `embedded.${kind}`);
  const copied = join(folder, `copied.${kind}`);
  await writeBigFile(path, kind, sizeBytes, { sparse: hole === "sparse" });
  // The copy that we are compared with has no hole to skip.
  if (hole === "sparse") await writeBigFile(plain, kind, sizeBytes);
  const [embedding, copying, appending] = [[], [], []];
  let peakMiB = 0;
  // Turn by turn, so that the disk's mood strikes both alike.
  for (let round = 0; round < Number(rounds); round++) {
    await rm(output, { force: true });
    embedding.push(...(await times(() => embedManifest(path, manifest, { output }), once)));
    if (round === 0) peakMiB = process.resourceUsage().maxRSS / 1024;
    await rm(copied, { force: true });
    const copy = () => pipeline(createReadStream(hole === "sparse" ? plain : path), createWriteStream(copied));
    copying.push(...(await times(copy, once)));
    if (kind !== "mp4") continue;
    appending.push(...(await times(() => embedManifest(path, manifest, { inPlace: true }), once)));
    await stripManifest(path, { inPlace: true });
  }
  const ratio = median(embedding) / median(copying);
  const note = `${median(embedding).toFixed(0)} ms; a stream copy ${median(copying).toFixed(0)} ms`;
  const rows = [
    { what: `embed into ${name}, against a copy`, measured: ratio, unit: "x", goal: 1.2, note },
    { what: `embed into ${name}, peak memory`, measured: peakMiB, unit: "MiB", goal: 100 },
  ];
  if (appending.length > 0) {
    const measured = median(appending) / median(copying);
    const inPlace = `${median(appending).toFixed(1)} ms`;
    rows.push({ what: `embed into ${name} in place, against a copy`, measured, unit: "x", goal: 1.2, note: inPlace });
  }
  console.log(JSON.stringify(rows));
} finally {
  await rm(folder, { recursive: true });
}
