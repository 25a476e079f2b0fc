import { describe, expect, it } from "vitest";
import { z } from "zod";
import { approve, createRuntime, Pipeline } from "../../src/index.js";
import { type CompositeNode, type NodeContext, type NodeOutput, typedNode } from "../../src/node/index.js";
import { createFakeClock } from "../support.js";
import { finish, statesOf, worker } from "./graph-support.js";

const shot = (provider = worker({ name: "image", yields: "image" })) =>
  new Pipeline("shot", { input: z.unknown() }).step(provider, { name: "frame", model: "m" });

/** Runs a pipeline of one step whose node does this with its bodies. */
async function runNode(
  run: (context: NodeContext) => Promise<NodeOutput>,
  bodies: CompositeNode["bodies"] = { body: shot() },
) {
  const node = typedNode<"image", never, unknown, undefined>({
    kind: "custom",
    yields: "image",
    accepts: [],
    bodies,
    run,
  });
  const result = await new Pipeline("p").step(node, { name: "own" }).run({ throwOnFailure: false });
  return { result, message: result.step("own").error?.message };
}

const faultOf = (what: string) => `Step "own": the node "custom" ${what}. This is a fault of the node.`;

describe("a node that asks for one thing in two ways", () => {
  it("may not run one body with other inputs, since it is paid for once", async () => {
    const image = worker({ name: "image", yields: "image" });
    const { message } = await runNode(
      async ({ runBody }) => {
        const call = { item: 0, input: { words: ["a"] } };
        const [first, second] = await Promise.all([runBody("body", call), runBody("body", structuredClone(call))]);
        expect(second).toBe(first);
        await runBody("body", { item: 0, input: { words: ["b"] } });
        return {};
      },
      { body: shot(image) },
    );
    expect(message).toBe(faultOf('asks for body "body" 0 twice, and differently'));
    expect(image.asked).toHaveLength(1);
  });

  it("may not skip what it runs, or run what it skipped", async () => {
    const ran = await runNode(async ({ runBody, skipBody }) => {
      await runBody("body");
      await skipBody("body", "not needed");
      return {};
    });
    expect(ran.message).toBe(faultOf('asks for body "body" twice, and differently'));
    const skipped = await runNode(async ({ runBody, skipBody }) => {
      await skipBody("body", "not needed");
      await runBody("body");
      return {};
    });
    expect(skipped.message).toBe(faultOf('asks for body "body" twice, and differently'));
    expect(statesOf(skipped.result)).toEqual({ own: "failed", "own.frame": "skipped" });
  });

  it("decides once under one name, also at once", async () => {
    let made = 0;
    const make = () => ({ value: ++made, reason: "counted" });
    const { result } = await runNode(async ({ decide }) => {
      const [first, second] = await Promise.all([decide("x", make), decide("x", make)]);
      expect(second).toBe(first);
      return {};
    });
    expect(result.step("own").decisions).toEqual({ x: { value: 1, reason: "counted" } });
    expect(made).toBe(1);
  });

  it("may not ask two questions, since there is one answer", async () => {
    const { message } = await runNode(async ({ waitForAnswer }) => {
      await Promise.all([waitForAnswer({ question: "a" }).catch(() => undefined), waitForAnswer({ question: "b" })]);
      return {};
    });
    expect(message).toBe(faultOf("asks for an answer twice, and differently"));
  });
});

describe("a node that is out of its bounds", () => {
  it.each([-1, 0.5, Number.NaN, 2 ** 60, "1"])("counts its runs from 0 in whole numbers, not with %j", async (item) => {
    const { message } = await runNode(async ({ runBody }) => {
      await runBody("body", { item: item as number });
      return {};
    });
    expect(message).toBe(faultOf(`counts the runs of body "body" with ${item}; 0, 1, 2, ... is expected`));
  });

  it("yields only what its inputs and bodies brought, as it is recorded of them", async () => {
    const { result } = await runNode(async ({ runBody }) => {
      const { assets } = await runBody("body");
      return { assets: assets.map((given) => ({ ...given, asset: { ...given.asset, sha256: "0".repeat(64) } })) };
    });
    expect(result.status).toBe("completed");
    expect(result.step("own").assets).toEqual(result.step("own.frame").assets);
    const foreign = await runNode(async ({ runBody }) => {
      const { assets } = await runBody("body");
      return { assets: assets.map((given) => ({ ...given, asset: { ...given.asset, assetId: "mine" } })) };
    });
    expect(foreign.message).toBe(faultOf("yields asset mine, which no input and no body of it brought"));
  });

  it("starts nothing after the run was cancelled, though it goes on itself", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 1_000 });
    let decided = 0;
    const stubborn = typedNode<"image", never, unknown, undefined>({
      kind: "custom",
      yields: "image",
      accepts: [],
      bodies: { body: shot(slow) },
      async run({ runBody, decide }) {
        await runBody("body", { item: 0 }).catch(() => undefined);
        await runBody("body", { item: 1 }).catch(() => undefined);
        await decide("x", () => ({ value: ++decided, reason: "r" })).catch(() => undefined);
        return {};
      },
    });
    const handle = new Pipeline("p")
      .step(stubborn, { name: "own" })
      .start({ throwOnFailure: false, runtime: createRuntime({ clock }) });
    await clock.advance(100);
    handle.cancel();
    const { result } = await finish(handle, clock);
    expect(statesOf(result)).toEqual({ own: "cancelled", "own[0].frame": "cancelled" });
    expect([slow.asked.length, decided]).toEqual([1, 0]);
  });

  it("rests when something inside it waits, though it takes no notice", async () => {
    const image = worker({ name: "image", yields: "image", accepts: [] });
    const gate = new Pipeline("gate").step(image, { name: "frame", model: "m" }).step(approve(), {
      name: "ok",
      inputs: ["frame"],
    });
    const { result } = await runNode(
      async ({ runBody }) => {
        const outcome = await runBody("body").catch(() => undefined);
        return { assets: outcome?.assets ?? [] };
      },
      { body: gate },
    );
    expect([result.status, result.waiting]).toEqual(["waiting", ["own.ok"]]);
    const second = await result.resume({ answers: { "own.ok": { approved: true } } }).result;
    expect(second.status).toBe("completed");
    expect(second.step("own").assets).toHaveLength(1);
    expect(image.asked).toHaveLength(1);
  });
});
