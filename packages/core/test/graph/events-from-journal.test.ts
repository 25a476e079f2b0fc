import { describe, expect, it } from "vitest";
import { createRuntime, memoryJournal, Pipeline, type RunEvent } from "../../src/index.js";
import { eventsFromJournal } from "../../src/journal/index.js";
import { collect } from "../run-support.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { rejection } from "../thrown.js";
import { finish, worker } from "./graph-support.js";

/** Two steps, of which the second fails until it is repaired. */
function breaking() {
  const state = { isDown: true };
  const clock = createFakeClock();
  const journal = memoryJournal();
  const first = worker({ name: "first", yields: "image" });
  const second = worker({
    name: "second",
    yields: "image",
    accepts: ["image"],
    give: () => {
      if (state.isDown) throw new Error("out of order");
      return {
        assets: [{ mediaType: "image/png", url: "https://user:pw@host.example/a.png?X-Amz-Signature=abc&v=1" }],
        costUsd: 0.5,
      };
    },
  });
  const pipeline = new Pipeline("p")
    .step(first, { name: "a", model: "m" })
    .step(second, { name: "b", model: "m", inputs: ["a"] });
  const options = () => ({ runtime: createRuntime({ clock, journal }), runId: "run-1", throwOnFailure: false });
  return { state, clock, journal, pipeline, options };
}

const durable = (events: readonly RunEvent[]) => events.filter(({ isTransient }) => isTransient === undefined);

describe("eventsFromJournal", () => {
  it("gives what was told live over all turns, in this process and as if in another, under the same numbers", async () => {
    const { state, clock, journal, pipeline, options } = breaking();
    const one = await finish(pipeline.start(options()), clock);
    const two = await finish(one.result.resume(), clock);
    state.isDown = false;
    const three = await finish(pipeline.start({ ...options(), answers: {}, onChange: "fail" }), clock);
    expect([one.result.status, two.result.status, three.result.status]).toEqual(["failed", "failed", "failed"]);
    const four = await finish(three.result.resume(), clock);
    expect(four.result.status).toBe("completed");
    const read = await collect(eventsFromJournal(journal, "run-1", { pipeline }));
    // The third turn did nothing, and told the end of the second once more.
    const live = durable([...one.events, ...two.events, ...four.events]);
    expect(read).toEqual(live);
    expect(read.map(({ sequence }) => sequence)).toEqual(read.map((_, place) => place));
    expect(three.events).toEqual([two.events.at(-1)]);
    for (const after of [0, 5, read.length - 1, read.length + 5]) {
      expect(await collect(eventsFromJournal(journal, "run-1", { pipeline, after }))).toEqual(read.slice(after + 1));
    }
    expect(
      await collect(four.result.resume().stream({ after: 3 })).then((all) => all.slice(0, read.length - 4)),
    ).toEqual(read.slice(4));
  });

  it("tells outputs without what lets anybody in, and what all steps cost", async () => {
    const { state, clock, pipeline, options } = breaking();
    state.isDown = false;
    const { events } = await finish(pipeline.start(options()), clock);
    const ends = events.filter(({ type }) => type === "step.completed");
    expect(ends.at(-1)).toMatchObject({
      assets: 1,
      outputs: [{ mediaType: "image/png", url: "https://host.example/a.png?v=1", sha256: null, sizeBytes: null }],
      costUsd: 0.5,
    });
    expect(events.at(-1)).toMatchObject({ type: "pipeline.completed", costUsd: null });
  });

  it("names what is wrong: an unknown run, another pipeline, an option that it does not have", async () => {
    const { clock, journal, pipeline, options } = breaking();
    await finish(pipeline.start(options()), clock);
    const other = new Pipeline("other").step(worker({ name: "x", yields: "image" }), { name: "x", model: "m" });
    const unknown = await rejection(collect(eventsFromJournal(journal, "none", { pipeline })));
    const changed = await rejection(collect(eventsFromJournal(journal, "run-1", { pipeline: other })));
    expect([unknown.code, changed.code]).toEqual(["RUN_NOT_FOUND", "RUN_CHANGED"]);
    expect(() => eventsFromJournal(journal, "run-1", { pipeline, after: 1.5 })).toThrow('option "after"');
  });
});

describe("a stream with a buffer", () => {
  /** A hundred steps that answer at once. */
  function long() {
    const provider = worker({
      name: "w",
      yields: "image",
      give: () => ({ assets: [scriptedAsset("image/png", "x")] }),
    });
    const steps = Array.from({ length: 100 }, (_, index) => ({ provider, name: `s${index}`, model: "m" }));
    return Pipeline.from({ name: "long", steps });
  }

  it("fails with the number to go on from, and the run goes on", async () => {
    const run = long().start();
    const reader = run.stream({ buffer: { size: 10, overflow: "fail" } });
    const seen = [(await reader.next()).value];
    const result = await run.result;
    const error = await rejection(reader.next());
    expect([error.code, error.details]).toEqual(["READER_TOO_SLOW", { runId: run.runId, after: 0 }]);
    for await (const event of run.stream({ after: 0 })) seen.push(event);
    expect(seen).toEqual(await collect(run.events));
    expect(result.status).toBe("completed");
  });

  it("lets the run wait for its reader, and go on when that leaves", async () => {
    const run = long().start({ concurrency: 1 });
    let told = 0;
    run.on("*", () => {
      told += 1;
    });
    const reader = run.stream({ buffer: { size: 5, overflow: "wait" } });
    await reader.next();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    const before = told;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(before);
    await reader.return?.();
    expect((await run.result).status).toBe("completed");
    expect(told).toBeGreaterThan(before);
  });
});
