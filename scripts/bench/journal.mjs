// What one state change costs in a journal in a folder, beside a bare write and `fdatasync` of as many bytes in the
// same process: one after the other, several at once in one run, and one each of a thousand runs at once.
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderJournal } from "@genblaze/core/journal";
import { median, times } from "./median.mjs";

const entries = 512;
const manyRuns = 1_000;
const goal = 0.3;
const folder = await mkdtemp(join(tmpdir(), "genblaze-bench-"));
const request = { prompt: "a paper boat on a still lake", params: { size: "1024x1024" }, inputs: [], warnings: [] };

const entryOf = (runId, sequence) => ({
  runId,
  sequence,
  at: 1_700_000_000_000 + sequence,
  transition: { state: "intent", step: `step-${sequence}`, attempt: 1, idempotencyKey: "k", request, isCold: false },
});

/** The bare loop: a line of the same length, written and flushed. */
async function bare() {
  const file = await open(join(folder, "bare"), "a");
  const line = Buffer.alloc(JSON.stringify(entryOf("run", 0)).length + 40, "x");
  for (let count = 0; count < entries; count++) {
    await file.appendFile(line);
    await file.datasync();
  }
  await file.close();
}

/** Milliseconds per entry when so many are on their way at once. */
async function perEntry(journal, atOnce) {
  const runId = `at-once-${atOnce}`;
  const claim = await journal.claim(runId);
  let next = 0;
  const appender = async (until) => {
    while (next < until) await journal.append(entryOf(runId, next++));
  };
  const measured = await times(() => {
    const until = next + entries;
    return Promise.all(Array.from({ length: atOnce }, () => appender(until)));
  }, rounds);
  await claim.release();
  return median(measured) / entries;
}

/** Milliseconds per entry when each of many runs writes one at the same time. */
async function perRun(journal) {
  const runIds = Array.from({ length: manyRuns }, (_, index) => `run-${index}`);
  const claims = [];
  const start = performance.now();
  for (const runId of runIds) claims.push(await journal.claim(runId));
  const claimed = (performance.now() - start) / manyRuns;
  let next = 0;
  const measured = await times(() => {
    next += 1;
    return Promise.all(runIds.map((runId) => journal.append(entryOf(runId, next))));
  }, rounds);
  for (const claim of claims) await claim.release();
  return { claimed, appended: median(measured) / manyRuns };
}

const rounds = { rounds: 9, warmUps: 2 };
const journal = folderJournal(join(folder, "runs"));
const flush = median(await times(bare, rounds)) / entries;
const rows = [{ what: "fdatasync, bare loop", measured: flush, unit: "ms" }];
const note = (measured) => `${(measured / flush).toFixed(2)} x bare`;
for (const atOnce of [1, 8, 64]) {
  const measured = await perEntry(journal, atOnce);
  const what = `journal, one state change, ${atOnce} at once`;
  rows.push({ what, measured, unit: "ms", note: note(measured), ...(atOnce === 1 ? {} : { goal }) });
}
const { claimed, appended } = await perRun(journal);
rows.push({
  what: `journal, one state change, ${manyRuns} runs at once`,
  measured: appended,
  unit: "ms",
  goal,
  note: note(appended),
});
rows.push({ what: "journal, claim of a new run", measured: claimed, unit: "ms", note: note(claimed) });
await rm(folder, { recursive: true, force: true });
console.log(JSON.stringify(rows));
