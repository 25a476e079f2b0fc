// `pnpm fuzz:media --cases N --seed S`: changed media files for every handler. Each case must end within a second,
// and all of them within 200 MiB above what the process had; the last line says how many failed.
import { parseArgs } from "node:util";
import { fuzzMedia } from "../packages/media/test/fuzz/fuzz.js";

const MAX_CASE_MS = 1000;
const MAX_GROWTH_BYTES = 200 * 1024 * 1024;
const PROGRESS_CASES = 20_000;

const { values } = parseArgs({ options: { cases: { type: "string" }, seed: { type: "string" } } });
const cases = Number(values.cases ?? 200_000);
const seed = Number(values.seed ?? 1);
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error("expected whole numbers: pnpm fuzz:media --cases 200000 --seed 1");
  process.exit(2);
}

const before = process.memoryUsage().rss;
let slowest = { index: 0, sample: "", elapsedMs: 0 };
let failed = 0;
const failures = await fuzzMedia({
  cases,
  seed,
  onCase(index, sample, elapsedMs) {
    if (elapsedMs > slowest.elapsedMs) slowest = { index, sample, elapsedMs };
    if (elapsedMs > MAX_CASE_MS) {
      failed += 1;
      console.log(`FAILED: case ${index}, ${sample}: took ${elapsedMs.toFixed(0)} ms`);
    }
    if ((index + 1) % PROGRESS_CASES === 0) console.log(`${index + 1} of ${cases} cases`);
  },
});
for (const { index, sample, breach } of failures.slice(0, 20))
  console.log(`FAILED: case ${index}, ${sample}: ${breach}`);
failed += failures.length;

// maxRSS is in KiB.
const growth = process.resourceUsage().maxRSS * 1024 - before;
console.log(`slowest: case ${slowest.index}, ${slowest.sample}: ${slowest.elapsedMs.toFixed(1)} ms`);
console.log(`memory: ${(growth / 1024 / 1024).toFixed(0)} MiB above the start`);
if (growth > MAX_GROWTH_BYTES) {
  failed += 1;
  console.log(`FAILED: more than ${MAX_GROWTH_BYTES / 1024 / 1024} MiB`);
}
console.log(`${cases} cases, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
