import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, fanOut, from, map, Pipeline, route, split } from "../../src/index.js";
import { collect } from "../run-support.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { codeOf, rejection } from "../thrown.js";
import { finish, spansOf, statesOf, worker } from "./graph-support.js";
import { broken, chat, image, shot, video } from "./graph-workers.js";

const target = (model: string, provider = image) => ({ provider, model });

describe("map", () => {
  it("runs its items at once, names their steps by item, and yields in their order", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: ({ prompt }) => Number(prompt) });
    const handle = new Pipeline("p")
      .step(map(shot(slow)), { name: "shots", input: ["300", "100", "200"] })
      .start({ runtime: createRuntime({ clock, random: () => 0 }) });
    const { result, events } = await finish(handle, clock);
    expect(spansOf(events)).toMatchObject({
      shots: [0, 300],
      "shots[0].frame": [0, 300],
      "shots[1].frame": [0, 100],
      "shots[2].frame": [0, 200],
    });
    expect(result.step("shots").assets).toEqual([0, 1, 2].flatMap((item) => result.step(`shots[${item}].clip`).assets));
    expect(result.step("shots").parts.map(({ item, steps }) => [item, steps.map(({ name }) => name)])).toEqual([
      [0, ["shots[0].frame", "shots[0].clip"]],
      [1, ["shots[1].frame", "shots[1].clip"]],
      [2, ["shots[2].frame", "shots[2].clip"]],
    ]);
    expect(result.step("shots").evidence).toEqual({ items: 3, succeeded: 3 });
    expect(result.run.steps.map(({ metadata }) => metadata.part_of)).toEqual([undefined, 0, 0, 0, 0, 0, 0]);
    const expanded = events.filter((event) => event.type === "step.expanded");
    expect(expanded.map(({ body, item, steps }) => [body, item, steps.map(({ step }) => step)])).toEqual([
      ["body", 0, ["shots[0].frame", "shots[0].clip"]],
      ["body", 1, ["shots[1].frame", "shots[1].clip"]],
      ["body", 2, ["shots[2].frame", "shots[2].clip"]],
    ]);
  });

  it("takes so many items at a time as it is told, in their order", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 100 });
    const handle = new Pipeline("p")
      .step(map(shot(slow), { concurrency: 2 }), { name: "shots", input: ["a", "b", "c"] })
      .start({ runtime: createRuntime({ clock, random: () => 0 }) });
    const { result } = await finish(handle, clock);
    expect([result.elapsedMs, slow.asked.map(({ prompt }) => prompt)]).toEqual([200, ["a", "b", "c"]]);
  });

  it("takes the assets of its inputs as items when it has no input", async () => {
    const still = new Pipeline("still", { accepts: ["image"] }).step(video, {
      name: "clip",
      model: "m",
      inputs: ["input"],
    });
    const result = await new Pipeline("p")
      .step(fanOut({ a: target("a"), b: target("b") }), { name: "frames", prompt: "x" })
      .step(map(still), { name: "clips", inputs: ["frames"] })
      .run();
    const sources = result.run.steps
      .filter(({ provider }) => provider === "video")
      .map(({ metadata }) => metadata._input_from);
    expect(sources).toEqual([[1], [2]]);
  });

  it("yields nothing for no items, and takes so many failures as its join lets it", async () => {
    const picky = worker({
      name: "picky",
      yields: "image",
      give: ({ prompt = "" }) => {
        if (prompt === "bad") throw new Error("no");
        return { assets: [scriptedAsset("image/png", prompt)] };
      },
    });
    const run = async (input: readonly string[], join: "all" | "any" | { readonly atLeast: number }) =>
      (
        await new Pipeline("p").step(map(shot(picky), { join }), { name: "s", input }).run({ throwOnFailure: false })
      ).step("s");
    expect((await run([], "all")).state).toBe("succeeded");
    expect((await run([], "any")).state).toBe("succeeded");
    expect((await run([], { atLeast: 1 })).state).toBe("failed");
    const any = await run(["bad", "good"], "any");
    expect([any.state, any.assets.length, any.evidence]).toEqual(["succeeded", 1, { items: 2, succeeded: 1 }]);
    const two = await run(["bad", "good"], { atLeast: 2 });
    expect(two.error?.message).toContain("1 of 2 items succeeded, and 2 are needed");
    expect((await run(["bad", "good"], "all")).error?.code).toBe("UNEXPECTED");
  });

  it("refuses too many items, and what is no list, before any of them runs", async () => {
    const counted = worker({ name: "counted", yields: "image" });
    const open = new Pipeline("p", { input: z.unknown() });
    const run = async (input: unknown) =>
      (
        await open
          .step(map(shot(counted), { maxItems: 2 }), {
            name: "s",
            input: from("input", (given) => given as readonly string[]),
          })
          .run({ input, throwOnFailure: false })
      ).step("s").error;
    expect((await run(["a", "b", "c"]))?.message).toBe(
      'Step "s": a list of at most 2 items is expected as its input, or assets as its inputs; a list of 3 came. Raise maxItems for longer lists.',
    );
    expect((await run("abc"))?.code).toBe("INPUT_INVALID");
    expect(counted.asked).toEqual([]);
    expect(codeOf(() => map(shot(), { maxItems: 0 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => map(shot(), { maxItems: 100_001 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => map(shot(), { join: { atLeast: -1 } }))).toBe("INVALID_OPTION");
  });

  it("fails the item whose input does not fit, by its name, and skips its steps", async () => {
    const result = await new Pipeline("p", { input: z.unknown() })
      .step(map(shot(), { join: "any" }), { name: "s", input: from("input", (given) => given as readonly string[]) })
      .run({ input: ["good", 5] });
    expect(statesOf(result)).toMatchObject({
      "s[0].clip": "succeeded",
      "s[1].frame": "skipped",
      "s[1].clip": "skipped",
    });
    expect(result.step("s[1].frame").reason).toContain('The input of "s[1]" does not fit the schema');
  });
});

describe("route and split", () => {
  it("give the reason of the one who chooses, in events and manifest", async () => {
    const handle = new Pipeline("p")
      .step(
        route({ a: target("a"), b: target("b") }, async () => ({ arm: "b", reason: "b is cheaper today" })),
        { name: "pick", prompt: "x" },
      )
      .start();
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    expect(events.find((event) => event.type === "step.decided")).toMatchObject({
      value: "b",
      reason: "b is cheaper today",
    });
    expect(result.step("pick").decisions).toEqual({ arm: { value: "b", reason: "b is cheaper today" } });
    expect(result.step("pick").parts.map(({ body }) => body)).toEqual(["a", "b"]);
    expect(result.step("pick.a").reason).toBe('pick took "b".');
  });

  it.each([
    { name: "an arm that is not there", choose: () => "c" as "a", message: 'chose "c", which is no arm' },
    { name: "nothing", choose: () => undefined as unknown as "a", message: "chose nothing, which is no arm" },
  ])("fail with REFERENCE_FAILED when the function chooses $name", async ({ choose, message }) => {
    const result = await new Pipeline("p")
      .step(route({ a: target("a") }, choose), { name: "pick", prompt: "x" })
      .run({ throwOnFailure: false });
    expect(result.step("pick").error?.code).toBe("REFERENCE_FAILED");
    expect(result.step("pick").error?.message).toContain(message);
  });

  it("fail as their arm fails, and as their function throws", async () => {
    const arm = await new Pipeline("p")
      .step(
        route({ a: target("a", broken) }, () => "a"),
        { name: "pick", prompt: "x" },
      )
      .run({ throwOnFailure: false });
    expect(arm.step("pick").error?.message).toContain("out of order");
    const thrower = await new Pipeline("p")
      .step(
        route({ a: target("a") }, () => {
          throw new Error("no idea");
        }),
        { name: "pick", prompt: "x" },
      )
      .run({ throwOnFailure: false });
    expect(thrower.step("pick").error?.message).toContain("no idea");
    const keyless = await new Pipeline("p")
      .step(split({ a: target("a") }, { weights: { a: 1 }, key: () => 5 as unknown as string }), {
        name: "ab",
        prompt: "x",
      })
      .run({ throwOnFailure: false });
    expect(keyless.step("ab").error?.code).toBe("REFERENCE_FAILED");
  });

  it.each([
    { name: "no arms", make: () => route({}, () => "a" as never), code: "INVALID_OPTION" },
    { name: "an arm of a bad name", make: () => route({ "a b": target("a") }, () => "a b"), code: "INVALID_OPTION" },
    { name: "the name body", make: () => route({ body: target("a") }, () => "body"), code: "INVALID_OPTION" },
    {
      name: "arms of two kinds",
      make: () => fanOut({ a: target("a"), b: { provider: chat, model: "m" } }),
      code: "WRONG_MODALITY",
    },
    {
      name: "weights that are all 0",
      make: () => split({ a: target("a") }, { weights: { a: 0 } }),
      code: "INVALID_OPTION",
    },
    { name: "a weight below 0", make: () => split({ a: target("a") }, { weights: { a: -1 } }), code: "INVALID_OPTION" },
  ])("are refused with $name", ({ make, code }) => {
    expect(codeOf(make)).toBe(code);
  });
});

describe("refusals before the run", () => {
  it("name the step: options for targets where there are none, an input that is no JSON, an empty body", async () => {
    const plain = new Pipeline("p");
    expect(codeOf(() => plain.step(map(shot()), { input: ["x"], prompt: "x" }))).toBe("INVALID_OPTION");
    expect(codeOf(() => plain.step(map(shot()), { input: [new Date(0)] as never }))).toBe("INVALID_OPTION");
    expect(codeOf(() => plain.step(map(new Pipeline("empty")), {}).plan())).toBe("EMPTY_PIPELINE");
    expect((await rejection(plain.run())).code).toBe("EMPTY_PIPELINE");
  });
});
