import { describe, expect, it } from "vitest";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { approve } from "../node/approve.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { createRuntime } from "../run/runtime.js";
import { formatDuration } from "./format-duration.js";
import { formatTimeline } from "./format-timeline.js";
import { watchRun } from "./watch-run.js";

const image = scriptedProvider({ name: "image", yields: "image" });
const slow = () =>
  scriptedProvider({
    name: "slow",
    yields: "video",
    accepts: ["image"],
    script: (_, call) =>
      call === 0
        ? { kind: "pending", fraction: 0.5, retryAfterMs: 3_000 }
        : { kind: "failed", error: new GenblazeError("MODEL_ERROR", "no film today") },
  });

function startFilm(clock = createFakeClock()) {
  return new Pipeline("film")
    .step(image, { name: "frame", model: "m" })
    .step(slow(), { name: "clip", model: "m", inputs: ["frame"] })
    .start({ runtime: createRuntime({ clock }), throwOnFailure: false });
}

describe("watchRun", () => {
  it("writes plain lines where there is no terminal", async () => {
    const clock = createFakeClock();
    const written: string[] = [];
    const run = startFilm(clock);
    const watching = watchRun(run, { write: (text) => written.push(text) }, { clock });
    while (await clock.advanceToNext());
    await watching;
    const { manifest } = await run.result;
    expect(written.join("")).toBe(
      [
        "film: 2 steps",
        "  frame: started (image/m)",
        "  frame: done after 0 ms",
        "  clip: started (slow/m)",
        "  clip: failed: no film today",
        `failed: ${manifest.canonicalHash}`,
        "",
      ].join("\n"),
    );
  });

  it("stands still while a person is asked on the same terminal, and goes on below the answer", async () => {
    const clock = createFakeClock();
    const written: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
    const run = new Pipeline("gated")
      .step(image, { name: "frame", model: "m" })
      .step(approve(), { name: "chosen", inputs: ["frame"] })
      .start({
        runtime: createRuntime({ clock }),
        async onWaiting() {
          await new Promise((resolve) => setImmediate(resolve));
          written.push("Approve? yes\n");
          // Nothing may be drawn over what is being typed.
          for (let turn = 0; turn < 5; turn++) await clock.advanceToNext();
          return { approved: true };
        },
      });
    await watchRun(run, stream, { clock, isAsking: true });
    const asked = written.indexOf("Approve? yes\n");
    const plain = written.map((text) => text.replaceAll("\u001b[2K", ""));
    expect(plain[asked - 1]).toContain("? chosen  waits for an answer\n");
    expect(plain[asked + 1]).toMatch(/^✓ frame .*\n✓ chosen .*\n$/);
    expect(clock.pending).toBe(0);
  });

  it("redraws one line per step on a terminal, cut to its width", async () => {
    const clock = createFakeClock();
    const written: string[] = [];
    const run = startFilm(clock);
    const stream = { isTTY: true, columns: 30, write: (text: string) => written.push(text) };
    const watching = watchRun(run, stream, { clock });
    let isOver = false;
    const over = watching.then(() => {
      isOver = true;
    });
    while (!isOver) await clock.advanceToNext();
    await over;
    const drawings = written.map((text) => text.replaceAll("\u001b[2K", "").split("\n"));
    expect(written[1]?.startsWith("\r\u001b[2A")).toBe(true);
    expect(written.some((text) => text.includes("████████········"))).toBe(true);
    expect(drawings.at(-1)?.[1]).toBe("✗ clip   no film today");
    for (const line of drawings.flat()) expect(line.replace("\r\u001b[2A", "").length).toBeLessThan(30);
    expect(clock.pending).toBe(0);
  });
});

describe("watchRun on a low terminal", () => {
  it("draws no more lines than there are, those at work first", async () => {
    const clock = createFakeClock();
    const written: string[] = [];
    const steps = Array.from({ length: 40 }, (_, index) => ({ provider: image, name: `step-${index}`, model: "m" }));
    const run = Pipeline.from({ name: "many", steps }).start({ runtime: createRuntime({ clock }), concurrency: 1 });
    await watchRun(run, { isTTY: true, columns: 80, rows: 10, write: (text) => written.push(text) }, { clock });
    for (const text of written) expect(text.split("\n").length).toBeLessThanOrEqual(10);
    expect(clock.pending).toBe(0);
  });
});

describe("formatTimeline", () => {
  it("draws bars over the time of the run", () => {
    const step = (name: string, startedMs?: number, endedMs?: number) => ({
      name,
      startedMs,
      endedMs,
      state: endedMs === undefined ? ("skipped" as const) : ("succeeded" as const),
    });
    const steps = [step("a", 0, 500), step("b", 500, 1_000), step("c")] as never;
    expect(formatTimeline({ steps, elapsedMs: 1_000 }, { columns: 26 })).toBe(
      ["a     █████      500 ms", "b          █████ 500 ms", "c     skipped", "      0    1.0 s"].join("\n"),
    );
  });
});

describe("formatDuration", () => {
  it("picks the unit that people read", () => {
    expect([0, 999, 1_000, 59_949, 65_000].map(formatDuration)).toEqual([
      "0 ms",
      "999 ms",
      "1.0 s",
      "59.9 s",
      "1:05 min",
    ]);
  });
});

describe("the report of a failed run", () => {
  it("names the step whose cost nobody knows", async () => {
    const clock = createFakeClock();
    const run = startFilm(clock);
    while (await clock.advanceToNext());
    const { cost } = await (await run.result).report();
    expect(cost.reasons).toContain('"clip" failed before its provider said what it cost');
  });
});
