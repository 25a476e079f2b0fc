import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Guard } from "../../src/guard/guard.js";
import {
  approve,
  type CompositeNode,
  createRuntime,
  from,
  GenblazeError,
  loop,
  map,
  memoryJournal,
  Pipeline,
  route,
  split,
} from "../../src/index.js";
import { worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });
const target = { provider: image, model: "m" };
const body = new Pipeline("b", { input: z.string() }).step(image, { name: "frame", model: "m" });
const boom = new Error("boom");

function throws(): never {
  throw boom;
}

async function errorOf(node: CompositeNode<"image", "image", unknown, never>) {
  const pipeline = Pipeline.from({ name: "p", steps: [{ node, name: "x", input: "a" }] });
  return (await pipeline.run({ input: undefined, throwOnFailure: false })).step("x").error;
}

describe("a function of the user that throws", () => {
  const throwing = [
    { option: "choose", node: () => route({ only: target }, throws) },
    { option: "key", node: () => split({ only: target }, { weights: { only: 1 }, key: throws }) },
    { option: "judge", node: () => loop(body, { judge: throws }) },
    { option: "judge", node: () => loop(body.yields("frame"), { judge: from("frame", throws) }) },
    { option: "next", node: () => loop(body, { judge: () => false, next: throws }) },
  ];
  for (const [place, { option, node }] of throwing.entries()) {
    it(`is named with its step and its option, and is the cause: ${option} (${place + 1})`, async () => {
      const error = await errorOf(node() as CompositeNode<"image", "image", unknown, never>);
      expect(error?.message).toBe(`Step "x": its function \`${option}\` threw: Error: boom`);
      expect(error?.code).toBe("UNEXPECTED");
      expect(error?.cause).toBe(boom);
    });
  }

  it("is named as the items of a map, as a condition and as a file that is chosen", async () => {
    const { error } = (
      await new Pipeline("p", { input: z.string() })
        .step(map(body), { name: "x", input: from("input", throws) })
        .run({ input: "a", throwOnFailure: false })
    ).step("x");
    expect(error?.message).toBe('Step "x": the function of from("input") for "input" threw: boom.');
    expect(error?.cause).toBe(boom);
  });

  it("keeps the code of an error of the SDK, and whether it can be tried again", async () => {
    const limited = new GenblazeError("RATE_LIMITED", "The judge is busy.", { retryAfterMs: 5, details: { a: 1 } });
    const busy = () => {
      throw limited;
    };
    const error = await errorOf(route({ only: target }, busy) as CompositeNode<"image", "image", unknown, never>);
    expect(error).toMatchObject({ code: "RATE_LIMITED", isRetryable: true, retryAfterMs: 5, details: { a: 1 } });
    expect(error?.message).toBe('Step "x": its function `choose` threw: The judge is busy.');
    expect(error?.cause).toBe(limited);
  });

  it("is named as a guard, before and after, and as whoever is asked for an answer", async () => {
    const guards: readonly Guard[] = [
      { name: "odd", checkPrompt: throws },
      { name: "odd", checkOutput: throws },
    ];
    for (const guard of guards) {
      const result = await new Pipeline("p")
        .step(image, { name: "x", model: "m", prompt: "a boat", guards: [guard] })
        .run({ throwOnFailure: false });
      expect(result.step("x").error?.message).toBe('Step "x": its guard "odd" threw: Error: boom');
      expect(result.step("x").error?.cause).toBe(boom);
    }
    const asked = await new Pipeline("p")
      .step(image, { name: "f", model: "m" })
      .step(approve(), { name: "x", inputs: ["f"] })
      .run({ throwOnFailure: false, onWaiting: throws });
    expect(asked.step("x").error?.message).toBe('Step "x": the run\'s function `onWaiting` threw: Error: boom');
    expect(asked.step("x").error?.cause).toBe(boom);
  });

  it("says nothing of a private prompt that it was given", async () => {
    const journal = memoryJournal();
    const telling = route({ only: target }, ({ prompt }) => {
      throw new Error(`what is ${prompt}?`);
    });
    const result = await new Pipeline("p", { input: z.string() })
      .step(telling, {
        name: "x",
        prompt: from("input", (word) => `${word} of the unobtainium princess`),
        promptVisibility: "private",
      })
      .run({ input: "the song", throwOnFailure: false, runtime: createRuntime({ journal }) });
    const entries = [];
    for await (const entry of journal.read(result.runId)) entries.push(entry);
    const { error } = result.step("x");
    expect(error?.message).toContain('Step "x": its function `choose` threw: Error: what is [private]');
    for (const told of [entries, result.run, result.facts, String(error), String(error?.cause)]) {
      expect(JSON.stringify(told)).not.toContain("unobtainium");
    }
  });
});
