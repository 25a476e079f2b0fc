// A process is killed (SIGKILL) while its run waits for the second of three jobs of a vendor. Another process goes on with
// the run: the first job is not bought again, the second is followed to its end, only the third is still bought.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { folderJournal, resume, summarizeRun } from "@genblaze/core/journal";
import { createJobProvider, startJobVendor } from "@genblaze/fakes";
import { Pipeline } from "genblaze";

const RUN_ID = "advert-1";

/** A vendor that cannot be asked whether it took a job, and gives a second one to whoever asks twice. */
function advert(baseUrl: string) {
  const base = { baseUrl, kind: "plain" } as const;
  const painter = createJobProvider({ ...base, name: "painter", yields: "image" });
  const filmer = createJobProvider({ ...base, name: "filmer", yields: "video", accepts: ["image", "video"] });
  return new Pipeline("advert")
    .step(painter, { name: "frame", model: "p-1", prompt: "a boat at dawn" })
    .step(filmer, { name: "clip", model: "f-1", prompt: "it sails", inputs: ["frame"] })
    .step(filmer, { name: "film", model: "f-1", prompt: "with a title", inputs: ["clip"] });
}

const journal = folderJournal("out/runs");
const [, script = "", baseUrlOfParent] = process.argv;
if (baseUrlOfParent === undefined) await showThatNothingIsPaidTwice();
else await advert(baseUrlOfParent).run({ journal, runId: RUN_ID });

async function showThatNothingIsPaidTwice(): Promise<void> {
  await rm("out/runs", { recursive: true, force: true });
  let onSecondJob: () => void = () => undefined;
  const vendor = await startJobVendor({
    kind: "plain",
    pollAfterMs: 1,
    // Nothing goes wrong here; it is only looked at how far the run is.
    faults: ({ operation, jobId }) => {
      if (operation === "poll" && jobId === vendor.ledger()[1]?.id) onSecondJob();
      return undefined;
    },
  });
  try {
    const child = spawn(process.execPath, [...process.execArgv, script, vendor.baseUrl], { stdio: "inherit" });
    onSecondJob = () => child.kill("SIGKILL");
    const [, signal] = await once(child, "exit");
    assert.equal(signal, "SIGKILL");
    onSecondJob = () => undefined;
    const bought = vendor.ledger().length;
    const before = await summarizeRun(journal.read(RUN_ID));
    const open = before?.steps.find(({ openJob }) => openJob !== undefined);
    assert.deepEqual([before?.ended, before?.doneSteps, open?.name, bought], [undefined, 1, "clip", 2]);
    console.log(`killed after ${bought} jobs; "${open?.name}" was under way: ${open?.openJob}`);

    const result = await resume(RUN_ID, { journal, pipeline: advert(vendor.baseUrl) }).result;
    assert.equal(result.status, "completed");
    assert.ok(result.manifest.verify());
    assert.equal(vendor.ledger().length, 3);
    assert.deepEqual(vendor.paidTwice(), []);
    console.log(
      `gone on: "frame" and "clip" were not paid for again; ${vendor.ledger().length} jobs in all, for 3 steps`,
    );
  } finally {
    await vendor.close();
  }
}
