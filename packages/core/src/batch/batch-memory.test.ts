import { setImmediate as macrotask } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { scriptedProvider } from "../../test/support.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import { batch } from "./batch.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

describe("the memory of a batch", () => {
  it("has only the runs that are under way or not yet taken, however many there were", async () => {
    const provider = scriptedProvider({ yields: "image" });
    const { calls, ...forgetful } = provider;
    const pipeline = new Pipeline("posters", { input: z.string() }).step(forgetful, {
      name: "poster",
      model: "m",
      prompt: from("input", (words) => words),
    });
    function* rows() {
      for (let row = 0; row < 400; row += 1) yield `row ${row}`;
    }
    const results: WeakRef<object>[] = [];
    const alive: number[] = [];
    for await (const { result } of batch(pipeline, rows(), { concurrency: 4 })) {
      if (result !== undefined) results.push(new WeakRef(result));
      if (results.length % 200 !== 0) continue;
      // A weak reference holds its target until the end of the job that made it.
      await macrotask();
      collectGarbage();
      alive.push(results.filter((each) => each.deref() !== undefined).length);
    }
    expect(results).toHaveLength(400);
    expect(alive).toHaveLength(2);
    for (const count of alive) expect(count).toBeLessThanOrEqual(20);
  });
});
