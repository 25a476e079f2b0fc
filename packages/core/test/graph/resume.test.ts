import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createRuntime,
  fanOut,
  from,
  type JournalEntry,
  loop,
  map,
  memoryJournal,
  Pipeline,
  route,
  split,
} from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { rejection } from "../thrown.js";
import { finish, shortEvents, statesOf, worker } from "./graph-support.js";

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });

const video = () => worker({ name: "video", yields: "video", accepts: ["image"] });

/** A painter that is out of order until it is repaired. */
function flaky() {
  const state = { isDown: true };
  const provider = worker({
    name: "flaky",
    yields: "image",
    accepts: ["image"],
    give: ({ prompt = "" }) => {
      if (state.isDown) throw new Error("out of order");
      return { assets: [scriptedAsset("image/png", `repaired ${prompt}`)] };
    },
  });
  return { provider, state };
}

async function entriesOf(journal: ReturnType<typeof memoryJournal>, runId: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(runId)) entries.push(entry);
  return entries;
}

describe("a failed run", () => {
  it("goes on where it failed: nothing that succeeded is asked for, begun or journaled again", async () => {
    const clock = createFakeClock();
    const journal = memoryJournal();
    const { provider, state } = flaky();
    const [painter, mover] = [image(), video()];
    const runtime = createRuntime({
      clock,
      journal,
      prices: { "image/*": perUnit(1), "flaky/*": perUnit(2), "video/*": perUnit(4) },
    });
    const first = new Pipeline("p")
      .step(painter, { name: "a", model: "m" })
      .step(provider, { name: "b", model: "m", inputs: ["a"] })
      .step(mover, { name: "c", model: "m", inputs: ["b"] })
      .start({ runtime, throwOnFailure: false });
    const { result: failed } = await finish(first, clock);
    const before = JSON.stringify([failed.run, failed.facts, failed.status, failed.manifest.canonicalHash]);
    const written = (await entriesOf(journal, failed.runId)).length;
    state.isDown = false;
    const { result: good, events } = await finish(failed.resume(), clock);
    expect([failed.status, good.status]).toEqual(["failed", "completed"]);
    expect([painter, provider, mover].map(({ asked }) => asked.length)).toEqual([1, 2, 1]);
    expect(shortEvents(events)).toEqual([
      "pipeline.resumed",
      "step.queued b",
      "step.queued c",
      "step.started b",
      "step.progress b",
      "step.progress b",
      "step.completed b",
      "step.started c",
      "step.progress c",
      "step.progress c",
      "step.completed c",
      "pipeline.completed",
    ]);
    const entries = await entriesOf(journal, failed.runId);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, place) => place));
    const later = entries
      .slice(written)
      .map(({ transition }) => ("step" in transition ? transition.step : transition.state));
    expect(later.filter((step) => step === "a")).toEqual([]);
    expect(JSON.parse(JSON.stringify(entries))).toHaveLength(entries.length);
    // The result that failed is as it was, and its steps have the ids that they have now.
    expect(JSON.stringify([failed.run, failed.facts, failed.status, failed.manifest.canonicalHash])).toBe(before);
    expect(good.run.steps.map(({ stepId }) => stepId)).toEqual(failed.run.steps.map(({ stepId }) => stepId));
    expect(good.runId).toBe(failed.runId);
    // What the first try at "b" cost is not known, so that the sum is not either.
    expect(good.run.steps.map(({ costUsd }) => costUsd)).toEqual([1, null, 4]);
    expect(good.step("b").attempts).toBe(2);
  });

  it("is resumed out of its error too, as often as it takes", async () => {
    const { provider, state } = flaky();
    const error = await rejection(new Pipeline("p").step(provider, { name: "a", model: "m" }).run());
    const again = await rejection(error.result?.resume().result ?? Promise.resolve());
    expect([error.code, again.code]).toEqual(["RUN_FAILED", "RUN_FAILED"]);
    state.isDown = false;
    expect((await again.result?.resume().result)?.status).toBe("completed");
    expect(provider.asked).toHaveLength(3);
    // The first result can be resumed as well; what its journal says has succeeded is not paid for again.
    expect((await error.result?.resume().result)?.status).toBe("completed");
    expect(provider.asked).toHaveLength(3);
  });

  it("is run as before, unless it is told otherwise", async () => {
    const { provider } = flaky();
    const types: string[] = [];
    const first = await new Pipeline("p")
      .step(provider, { name: "a", model: "m" })
      .step(provider, { name: "b", model: "m" })
      .run({ concurrency: 1, throwOnFailure: false, onEvent: ({ type }) => types.push(type) });
    types.length = 0;
    const again = await first.resume().result;
    expect(again.status).toBe("failed");
    expect(types.filter((type) => type === "step.queued")).toHaveLength(1);
    expect((await rejection(first.resume({ throwOnFailure: true }).result)).code).toBe("RUN_FAILED");
  });

  it("is cut off by a journal that fails, and goes on when that works again", async () => {
    const memory = memoryJournal();
    let isFull = false;
    const journal = {
      ...memory,
      append(entry: JournalEntry) {
        if (isFull) throw new Error("disk full");
        return memory.append(entry);
      },
    };
    const painter = worker({
      name: "image",
      yields: "image",
      accepts: ["image"],
      give: ({ prompt = "" }) => {
        isFull = prompt === "2" && painter.asked.length === 2;
        return { assets: [scriptedAsset("image/png", prompt)] };
      },
    });
    const error = await rejection(
      new Pipeline("p")
        .step(painter, { name: "a", model: "m", prompt: "1" })
        .step(painter, { name: "b", model: "m", prompt: "2", inputs: ["a"] })
        .run({ runtime: createRuntime({ journal }) }),
    );
    expect(error.code).toBe("JOURNAL_FAILED");
    isFull = false;
    const good = await error.result?.resume().result;
    expect(good?.status).toBe("completed");
    expect(painter.asked.map(({ prompt }) => prompt)).toEqual(["1", "2"]);
  });

  it("keeps what its nodes decided and what succeeded inside them", async () => {
    const { provider, state } = flaky();
    const painter = image();
    let chosen = 0;
    const shot = new Pipeline("shot", { input: z.string() })
      .step(painter, { name: "frame", model: "m", prompt: from("input", (input) => input) })
      .step(provider, { name: "retouch", model: "m", inputs: ["frame"], prompt: from("input", (input) => input) });
    const judged: number[] = [];
    const failed = await new Pipeline("p")
      .step(map(shot), { name: "shots", input: ["x", "y"] })
      .step(
        route({ a: { provider, model: "a" }, b: { provider, model: "b" } }, () => {
          chosen += 1;
          return chosen === 1 ? "b" : "a";
        }),
        { name: "pick", prompt: "p" },
      )
      .step(
        split(
          { a: { provider, model: "a" }, b: { provider, model: "b" } },
          { weights: { a: 1, b: 1 }, key: () => `${chosen}` },
        ),
        {
          name: "ab",
          prompt: "p",
        },
      )
      .step(
        loop(new Pipeline("draft").step(painter, { name: "d", model: "m" }).step(provider, { name: "e", model: "m" }), {
          judge: ({ round }) => {
            judged.push(round);
            return round === 2;
          },
        }),
        { name: "best" },
      )
      .step(fanOut({ good: { provider: painter, model: "g" }, bad: { provider, model: "h" } }), {
        name: "both",
        prompt: "p",
      })
      .run({ throwOnFailure: false });
    const arm = failed.step("ab").decisions.arm?.value;
    expect(failed.status).toBe("failed");
    const paid = painter.asked.length;
    state.isDown = false;
    const good = await failed.resume().result;
    expect(good.status).toBe("completed");
    expect(chosen).toBe(1);
    expect(good.step("pick").decisions.arm?.value).toBe("b");
    expect(good.step("ab").decisions.arm?.value).toBe(arm);
    // Frames, the draft of round 1 and the good arm were paid for; round 2 of the loop is new.
    expect(paid).toBe(4);
    expect(painter.asked).toHaveLength(5);
    expect(judged).toEqual([1, 2]);
    expect(Object.values(statesOf(good)).filter((each) => each === "failed")).toEqual([]);
  });
});
