import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JOB_FAULTS, type JobVendor, startJobVendor } from "../../fakes/src/index.js";
import { fixture, json } from "./cli-calls.js";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const module = `${fixture("runs")}#ordered`;
let folder = "";
let journal = "";
let vendor: JobVendor;
let isDeaf = false;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-cli-"));
  journal = join(folder, "runs");
  isDeaf = false;
  vendor = await startJobVendor({
    kind: "plain",
    pollAfterMs: 1,
    faults: ({ operation }) => {
      if (operation === "cancel" && isDeaf) return JOB_FAULTS.hang;
      return operation === "submit" ? JOB_FAULTS.neverEnds : undefined;
    },
  });
});
afterEach(async () => {
  await vendor.close();
  await rm(folder, { recursive: true, force: true });
});

/** The command line as a process of its own. */
function start(...words: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@genblaze/source", "--import", "tsx", main, ...words], {
    env: { ...process.env, GENBLAZE_TEST_VENDOR: vendor.baseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return watch(child);
}

function watch(child: ChildProcess) {
  const seen = { stdout: "", stderr: "" };
  let wake: () => void = () => undefined;
  const add = (name: keyof typeof seen) => (piece: Buffer) => {
    seen[name] += piece.toString();
    wake();
  };
  child.stdout?.on("data", add("stdout"));
  child.stderr?.on("data", add("stderr"));
  const closed = once(child, "close").then(([code, signal]) => ({ code, signal, ...seen }));
  // Ends the waiting for words that never come.
  closed.then(
    () => wake(),
    () => wake(),
  );
  return {
    child,
    closed,
    async until(isThere: () => boolean) {
      while (!isThere()) {
        if (child.exitCode !== null) throw new Error(`ended early: ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    seen,
  };
}

/** Once the vendor was asked how the job stands, the journal has that job. */
async function untilFollowed(run: ReturnType<typeof start>): Promise<void> {
  const { closed } = run;
  let isOver = false;
  closed.then(
    () => {
      isOver = true;
    },
    () => undefined,
  );
  while (!vendor.calls.some(({ operation }) => operation === "poll")) {
    if (isOver) throw new Error(`ended early: ${JSON.stringify(await closed)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("Ctrl-C", () => {
  it("calls the jobs back, says so and how to go on; the run goes on with what it has", async () => {
    const run = start("run", module, "--journal", journal, "--run-id", "run-1");
    await untilFollowed(run);
    run.child.kill("SIGINT");
    const { code, stdout } = await run.closed;
    expect(code).toBe(1);
    expect(stdout).toContain(
      "Cancelling: jobs under way are called back at their providers. Ctrl-C again ends at once.\n",
    );
    expect(stdout).toContain("run run-1: cancelled\n");
    expect(stdout).toContain(`runs resume run-1 --journal ${journal} --module ${module}\n`);
    expect(stdout).toContain("CANCELLED: ");
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled"]);
    const shown = await json("runs", "show", "run-1", "--journal", journal);
    expect(shown).toMatchObject({ status: "cancelled", error: { code: "CANCELLED" } });
    expect(shown.steps).toMatchObject([{ state: "succeeded" }, { name: "job", state: "cancelled" }]);
    expect(shown.steps[1].openJob).toBeUndefined();

    const polls = () => vendor.calls.filter(({ operation }) => operation === "poll").length;
    const before = polls();
    const again = start("runs", "resume", "run-1", "--journal", journal, "--module", module);
    await again.until(() => again.seen.stdout.includes("job: started"));
    while (polls() === before) await new Promise((resolve) => setImmediate(resolve));
    again.child.kill("SIGINT");
    const second = await again.closed;
    expect([second.code, second.stdout]).toEqual([1, expect.stringContaining("run run-1: cancelled\n")]);
    expect(second.stdout).not.toContain("frame: started");
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });

  it("ends at once the second time, says what holds what is done, and another process cancels what is left", async () => {
    isDeaf = true;
    const run = start("run", module, "--journal", journal, "--run-id", "run-2");
    await untilFollowed(run);
    run.child.kill("SIGINT");
    await run.until(() => run.seen.stdout.includes("Cancelling: "));
    run.child.kill("SIGINT");
    const { code, signal, stderr } = await run.closed;
    expect([code, signal]).toEqual([130, null]);
    expect(stderr).toContain("Ended at once. What is done is in the journal, and jobs may go on at their providers: ");
    expect(stderr).toContain(`\`genblaze runs resume run-2 --journal ${journal} --module FILE#EXPORT\` goes on.\n`);
    const shown = await json("runs", "show", "run-2", "--journal", journal);
    expect(shown).toMatchObject({ status: "interrupted", doneSteps: 1 });
    expect(shown.steps[1].openJob).toContain("job-1");

    isDeaf = false;
    const cancelled = start("runs", "cancel", "run-2", "--journal", journal, "--module", module);
    expect(await cancelled.closed).toEqual({
      code: 0,
      signal: null,
      stderr: "",
      stdout: "run run-2: cancelled\ncancelled: job\njobs called back at their providers: job\n",
    });
    expect(vendor.ledger().map(({ state }) => state)).toEqual(["cancelled"]);
  });

  it("says of a run that is under way elsewhere which process has it", async () => {
    const run = start("run", module, "--journal", journal, "--run-id", "run-3");
    await untilFollowed(run);
    expect((await json("runs", "show", "run-3", "--journal", journal)).status).toBe("running");
    const busy = await start("runs", "cancel", "run-3", "--journal", journal, "--module", module).closed;
    expect(busy.code).toBe(2);
    expect(busy.stderr).toContain(`RUN_BUSY: Run run-3 is being run already: process ${run.child.pid} of this machine`);
    expect(busy.stderr).toContain("press Ctrl-C where it runs.");
    run.child.kill("SIGINT");
    expect((await run.closed).code).toBe(1);
  });
});
