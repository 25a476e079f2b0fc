import { describe, expect, it } from "vitest";
import { memoryCache } from "../../src/cache/index.js";
import { type CompositeNode, createRuntime, loop, Pipeline } from "../../src/index.js";
import { scriptedAsset } from "../support.js";
import { worker } from "./graph-support.js";

/** A painter that never paints the same twice. */
const painter = () =>
  worker({
    name: "painter",
    yields: "image",
    give: (_, call) => ({ assets: [scriptedAsset("image/png", `take ${call}`)] }),
  });

const content = (round: number) => round === 3;

describe("a loop under a cache", () => {
  it("asks anew in every round, also when nothing changes, and a run after it asks for none of them", async () => {
    const image = painter();
    const runtime = createRuntime({ cache: memoryCache() });
    const still = new Pipeline("still").step(image, { name: "frame", model: "m", prompt: "a boat" });
    const flow = new Pipeline("p").step(loop(still, { judge: ({ round }) => content(round) }), { name: "best" });
    const first = await flow.run({ runtime });
    expect(image.asked).toHaveLength(3);
    expect(first.step("best").assets[0]?.sha256).not.toBe(first.step("best[0].frame").assets[0]?.sha256);
    const second = await flow.run({ runtime });
    expect(image.asked).toHaveLength(3);
    expect(second.step("best").assets[0]?.sha256).toBe(first.step("best").assets[0]?.sha256);
    const plain = await still.run({ runtime });
    expect(image.asked).toHaveLength(3);
    expect(plain.step("frame").assets[0]?.sha256).toBe(first.step("best[0].frame").assets[0]?.sha256);
  });

  it("tells the rounds of a loop inside another one apart by both", async () => {
    const image = painter();
    const still = new Pipeline("still").step(image, { name: "frame", model: "m", prompt: "a boat" });
    const inner = new Pipeline("inner").step(loop(still, { judge: () => false, maxRounds: 2 }), { name: "tries" });
    const flow = new Pipeline("p").step(loop(inner, { judge: () => false, maxRounds: 2 }), { name: "best" });
    await flow.run({ runtime: createRuntime({ cache: memoryCache() }) });
    expect(image.asked).toHaveLength(4);
  });

  it("is what any node can say of its takes", async () => {
    const image = painter();
    const twice: CompositeNode<"image", never, undefined, undefined> = {
      kind: "twice",
      yields: "image",
      accepts: [],
      bodies: { only: { provider: image, model: "m" } },
      async run({ runBody }) {
        const first = await runBody("only", { item: 0 });
        const second = await runBody("only", { item: 1, take: 1 });
        return { assets: [...first.assets, ...second.assets] };
      },
    };
    const runtime = createRuntime({ cache: memoryCache() });
    const result = await new Pipeline("p").step(twice, { name: "both", prompt: "x" }).run({ runtime });
    expect(image.asked).toHaveLength(2);
    expect(new Set(result.step("both").assets.map(({ sha256 }) => sha256)).size).toBe(2);
  });
});
