import { describe, expect, it } from "vitest";
import { createRuntime, from, type Journal, memoryJournal, Pipeline } from "../../src/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { messageOf, rejection } from "../thrown.js";
import { finish, worker } from "./graph-support.js";

describe("a run that is resumed twice", () => {
  it("is refused while the first resume is under way", async () => {
    const clock = createFakeClock();
    let isDown = true;
    const provider = worker({
      name: "image",
      yields: "image",
      takesMs: 100,
      give: () => {
        if (isDown) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", "x")] };
      },
    });
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }).step(provider, { name: "a", model: "m" });
    const { result: failed } = await finish(pipeline.start({ throwOnFailure: false }), clock);
    isDown = false;
    const handle = failed.resume();
    const { runId } = failed;
    expect(messageOf(() => failed.resume())).toBe(
      `Run ${runId} is being resumed already, and what is resumed twice at once is paid twice. Await the result of the first resume, and resume that one.`,
    );
    expect((await finish(handle, clock)).result.status).toBe("completed");
    expect(provider.asked).toHaveLength(1);
  });

  it("knows all that the first resume brought", async () => {
    let turn = 1;
    const words = worker({
      name: "words",
      yields: "text",
      give: ({ prompt = "" }) => {
        if (turn < 2) throw new Error("out of order");
        return { text: `${prompt}!` };
      },
    });
    const painter = worker({
      name: "painter",
      yields: "image",
      give: ({ prompt = "" }) => {
        if (turn < 3) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", prompt)] };
      },
    });
    const first = await new Pipeline("p")
      .step(words, { name: "told", model: "m", prompt: "ship" })
      .step(painter, { name: "made", model: "m", prompt: from("told", (told) => `picture of ${told}`) })
      .run({ throwOnFailure: false });
    turn = 2;
    const second = await first.resume({ throwOnFailure: false }).result;
    expect(second.status).toBe("failed");
    turn = 3;
    const third = await first.resume().result;
    expect(third.status).toBe("completed");
    expect(painter.asked.map(({ prompt }) => prompt)).toEqual(["picture of ship!", "picture of ship!"]);
    expect(words.asked).toHaveLength(2);
  });
});

describe("a journal that cannot be read", () => {
  it("ends the resume with its code, and lets the next one go on", async () => {
    const memory = memoryJournal();
    let isTorn = true;
    const journal: Journal = {
      ...memory,
      async *read(runId) {
        if (isTorn) throw new Error("the disk is gone");
        yield* memory.read(runId);
      },
    };
    let isDown = true;
    const provider = worker({
      name: "image",
      yields: "image",
      give: () => {
        if (isDown) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", "x")] };
      },
    });
    const failed = await new Pipeline("p", { runtime: createRuntime({ journal }) })
      .step(provider, { name: "a", model: "m" })
      .run({ throwOnFailure: false });
    const error = await rejection(failed.resume().result);
    expect([error.code, error.message]).toEqual(["JOURNAL_FAILED", "The journal: Error: the disk is gone"]);
    [isTorn, isDown] = [false, false];
    expect((await failed.resume().result).status).toBe("completed");
  });
});
