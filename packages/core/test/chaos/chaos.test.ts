import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { JOB_FAULTS, startJobVendor } from "../../../fakes/src/index.js";
import { createFakeClock } from "../support.js";
import { chaosTest, totalsOf } from "./chaos.js";
import type { ChaosCase, ChaosVerdict } from "./chaos-case.js";
import { chaosCases } from "./chaos-cases.js";
import { mixedFault } from "./mixed-faults.js";
import { runChaosCase } from "./run-chaos-case.js";
import { fileCases } from "./run-file-case.js";
import { countResources, createCountedClock, findLeaks, findNewResources } from "./watch-leaks.js";

/** Waits that a vendor asks for are cut to this, so that the part that runs with all tests is short. */
const longestRetryAfterMs = 20;

describe("a vendor that fails in every known way", () => {
  it("ends runs as the design says, is paid once for each job, and leaves nothing behind", async () => {
    const verdicts = await chaosTest({
      kinds: ["idempotent", "listing", "plain"],
      runs: 4,
      seed: 7,
      oneCaseOf: 2,
      longestRetryAfterMs,
    });
    const bad = ({ wrong, paidTwice, leaked }: ChaosVerdict) => wrong.length > 0 || paidTwice > 0 || leaked.length > 0;
    expect(verdicts.filter(bad)).toEqual([]);
    expect(totalsOf(verdicts)).toEqual({ cases: verdicts.length, wrong: 0, paidTwice: 0, leaked: 0 });
    expect(new Set(verdicts.map(({ phase }) => phase))).toEqual(
      new Set(["submit", "poll", "result", "cancel", "file", "mixed"]),
    );
  });
});

describe("the cases of the chaos test", () => {
  it("have every fault that the vendor knows, at every phase that it can hurt, for each kind of vendor", () => {
    const cases = chaosCases();
    for (const kind of ["idempotent", "listing", "plain"]) {
      for (const [name, fault] of Object.entries(JOB_FAULTS)) {
        const phases = fault.kind === "fate" ? ["submit"] : ["submit", "poll", "result"];
        for (const phase of phases) {
          const found = cases.filter((one) => one.kind === kind && one.phase === phase && one.name === name);
          expect([kind, phase, name, found.length > 0]).toEqual([kind, phase, name, true]);
        }
      }
    }
    expect(fileCases().map(({ name }) => name)).toContain("hangAmidTaken");
  });

  it("are found wrong when a run ends in another way than its case says", async () => {
    const [right] = chaosCases().filter(({ kind, name }) => kind === "plain" && name === "serverErrorTaken");
    expect(right).toMatchObject({ phase: "submit", end: { status: "SUBMIT_UNKNOWN", submits: 1, jobs: 1 } });
    const end = { status: "completed", submits: 1, jobs: 2, waitsMs: 60_000 } as const;
    const wrongCase = { ...right, end, resumed: undefined } as ChaosCase;
    const { wrong, paidTwice, leaked } = await runChaosCase(wrongCase);
    expect(wrong).toEqual([
      "status: completed was to come, SUBMIT_UNKNOWN came",
      "jobs: 2 was to come, 1 came",
      expect.stringMatching(/^it took \d+ ms, though 60000 ms were to be waited$/),
    ]);
    expect([paidTwice, leaked]).toEqual([0, []]);
  });

  it("count a step that is bought again without need", async () => {
    const [lost] = chaosCases().filter(({ kind, name }) => kind === "plain" && name === "resetTaken");
    // A vendor that honours no keys, which its provider says it does.
    const careless = { ...lost, providerKind: "idempotent" } as ChaosCase;
    const { wrong, paidTwice } = await runChaosCase(careless);
    expect(wrong[0]).toBe("status: SUBMIT_UNKNOWN was to come, completed came");
    expect(paidTwice).toBe(1);
  });

  it("draw the same faults by chance for the same seed, run, work and number of a call", () => {
    const call = {
      operation: "poll",
      nth: 1,
      number: 1,
      node: "run-1/id",
      jobId: "job-1",
      request: undefined,
    } as const;
    const draw = (seed: number) =>
      Array.from({ length: 200 }, (_, index) => mixedFault(seed, { ...call, nth: index + 1 })?.kind);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(mixedFault(1, { ...call, number: 9, node: "run-1/other" })).toEqual(mixedFault(1, call));
    expect(draw(1)).not.toContain("fate");
  });
});

describe("the watch for leaks", () => {
  it("finds timers, listeners on the caller's signal and calls that are open", async () => {
    const clock = createCountedClock(createFakeClock());
    const { signal } = new AbortController();
    const remains = { clock, signal, vendor: { openCalls: () => 0 }, longestMs: 20 };
    const takeBack = clock.schedule(() => undefined, 1_000);
    const listener = () => undefined;
    signal.addEventListener("abort", listener);
    expect(await findLeaks(remains)).toEqual(["1 timers are left", "1 listeners are left on the caller's signal"]);
    takeBack();
    signal.removeEventListener("abort", listener);
    expect(await findLeaks(remains)).toEqual([]);
    expect(await findLeaks({ ...remains, vendor: { openCalls: () => 2 } })).toEqual(["2 calls are left open"]);
  });

  it("counts a callback that came as one that is no longer pending", async () => {
    const fake = createFakeClock();
    const clock = createCountedClock(fake);
    let rung = 0;
    clock.schedule(() => {
      rung += 1;
    }, 10);
    expect(clock.pending).toBe(1);
    await fake.advance(10);
    expect([rung, clock.pending]).toEqual([1, 0]);
  });

  it("finds what this process holds more of than before", async () => {
    const before = countResources();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    expect(await findNewResources(before, 20)).toEqual([
      expect.stringMatching(/^\d+ of TCPServerWrap instead of \d+$/),
    ]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("sees a call that hangs at the vendor, and that it has gone when its caller went", async () => {
    const vendor = await startJobVendor({ kind: "plain", faults: () => JOB_FAULTS.hang });
    const controller = new AbortController();
    const headers = { authorization: "Bearer k" };
    const asking = fetch(`${vendor.baseUrl}/v1/jobs/job-1`, { headers, signal: controller.signal });
    const refused = expect(asking).rejects.toThrow();
    while (vendor.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(vendor.openCalls()).toBe(1);
    controller.abort();
    await refused;
    expect(await findLeaks({ clock: createCountedClock(), signal: new AbortController().signal, vendor })).toEqual([]);
    await vendor.close();
  });
});
