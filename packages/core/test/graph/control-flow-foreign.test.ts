import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, fanOut, from, map, memoryJournal, Pipeline, type RunEvent } from "../../src/index.js";
import { type CompositeNode, type NodeContext, typedNode } from "../../src/node/index.js";
import { collect } from "../run-support.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { codeOf, rejection } from "../thrown.js";
import { finish, shortEvents, spansOf, statesOf, worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });

const video = worker({ name: "video", yields: "video", accepts: ["image"] });

const target = (model: string, provider = image) => ({ provider, model });

const shot = (frame = image) =>
  new Pipeline("shot", { input: z.string() })
    .step(frame, { name: "frame", model: "m", prompt: from("input", (input) => input) })
    .step(video, { name: "clip", model: "m", inputs: { firstFrame: "frame" } });

/** A node of another package. */
function nodeOf(run: (context: NodeContext) => unknown, bodies: CompositeNode["bodies"] = {}) {
  return typedNode<"image", "image", unknown, undefined>({
    kind: "custom",
    yields: "image",
    accepts: ["image"],
    bodies,
    // Nodes of other packages need not keep to their types.
    run: run as CompositeNode["run"],
  });
}

/** The error of the one step of a run. */
async function failureOf(node: CompositeNode<"image", "image", unknown, undefined>) {
  const result = await new Pipeline("p").step(node, { name: "own" }).run({ throwOnFailure: false });
  const { code, message } = result.step("own").error ?? { code: undefined, message: "" };
  return { code, message, result };
}

describe("a node of another package", () => {
  it.each([
    { name: "nothing", run: async () => undefined, code: "OUTPUT_INVALID" },
    { name: "a text", run: async () => "done", code: "OUTPUT_INVALID" },
    { name: "assets that are no list", run: async () => ({ assets: 5 }), code: "OUTPUT_INVALID" },
    { name: "assets that are none", run: async () => ({ assets: [{}] }), code: "OUTPUT_INVALID" },
    { name: "evidence that is no JSON", run: async () => ({ evidence: { at: new Date(0) } }), code: "OUTPUT_INVALID" },
    { name: "no promise", run: () => 5, code: "OUTPUT_INVALID" },
    { name: "an error", run: () => Promise.reject(new Error("bug")), code: "UNEXPECTED" },
    { name: "what is no error", run: () => Promise.reject("bug"), code: "UNEXPECTED" },
    {
      name: "an error at once",
      run: () => {
        throw new Error("bug");
      },
      code: "UNEXPECTED",
    },
    { name: "a body that is not there", run: ({ runBody }: NodeContext) => runBody("nobody"), code: "INVALID_OPTION" },
    {
      name: "a decision that is no JSON",
      run: ({ decide }: NodeContext) => decide("x", () => ({ value: (() => 1) as never, reason: "r" })),
      code: "INVALID_OPTION",
    },
    {
      name: "a decision without a reason",
      run: ({ decide }: NodeContext) => decide("x", () => ({ value: 1 }) as never),
      code: "INVALID_OPTION",
    },
  ])("fails its step, and nothing else, when it gives $name", async ({ run, code }) => {
    const { result, ...error } = await failureOf(nodeOf(run as (context: NodeContext) => unknown));
    expect(error.code).toBe(code);
    expect(error.message).toContain(code === "UNEXPECTED" ? "" : 'Step "own"');
    expect(result.manifest.report().hashOk).toBe(true);
  });

  it.each([
    { name: "no kind", change: { kind: "" } },
    { name: "a kind of output that is none", change: { yields: "smell" } },
    { name: "bodies that are none", change: { bodies: { a: 5 } } },
    { name: "accepts that is no list", change: { accepts: "image" } },
  ])("is refused with $name before the run", ({ change }) => {
    const node = { ...nodeOf(async () => ({})), ...change };
    expect(codeOf(() => new Pipeline("p").step(node as never, {}))).toBe("INVALID_OPTION");
  });

  it("ends when all that it began has ended, though it does not wait, and asks once for one body", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 500 });
    const hasty = nodeOf(
      async ({ runBody }) => {
        void runBody("a");
        void runBody("a");
        void runBody("b");
        return {};
      },
      { a: target("m", slow), b: target("m", slow) },
    );
    const handle = new Pipeline("p")
      .step(hasty, { name: "own" })
      .start({ runtime: createRuntime({ random: () => 0, clock }) });
    const { result } = await finish(handle, clock);
    expect(result.elapsedMs).toBe(500);
    expect(statesOf(result)).toEqual({ own: "succeeded", "own.a": "succeeded", "own.b": "succeeded" });
    expect(slow.asked).toHaveLength(2);
  });

  it("can do nothing after its end", async () => {
    const counted = worker({ name: "counted", yields: "image" });
    const contexts: NodeContext[] = [];
    const keeping = nodeOf(
      async (context) => {
        contexts.push(context);
        return {};
      },
      { a: target("m", counted) },
    );
    const journal = memoryJournal();
    const result = await new Pipeline("p").step(keeping, { name: "own" }).run({ runtime: createRuntime({ journal }) });
    const [context] = contexts;
    const late = [
      () => context?.runBody("a"),
      () => context?.skipBody("a", "late"),
      () => context?.decide("x", () => ({ value: 1, reason: "late" })),
      () => context?.waitForAnswer({}),
    ];
    for (const call of late) expect((await rejection(Promise.resolve(call()))).code).toBe("INVALID_OPTION");
    expect(counted.asked).toEqual([]);
    const states: string[] = [];
    for await (const { transition } of journal.read(result.runId)) states.push(transition.state);
    expect(states).toEqual(["run.planned", "entered", "yielded", "succeeded", "run.ended"]);
  });

  it("is ended by its time limit with all that is inside, at the limit and not later", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 5_000 });
    const handle = new Pipeline("p")
      .step(slow, { name: "other", model: "m" })
      .step(fanOut({ a: target("m", slow), b: target("m", slow) }), { name: "own", prompt: "x", timeoutMs: 700 })
      .start({ concurrency: 2, throwOnFailure: false, runtime: createRuntime({ random: () => 0, clock }) });
    const { result, events } = await finish(handle, clock);
    expect(result.step("own").error?.code).toBe("TIMED_OUT");
    expect(statesOf(result)).toEqual({ other: "succeeded", own: "failed", "own.a": "cancelled", "own.b": "cancelled" });
    expect(spansOf(events)).toMatchObject({ own: [0, 700], "own.a": [0, 700] });
    // The one that was still waiting for its place is over too, and is never asked for.
    expect([result.elapsedMs, slow.asked.length]).toEqual([5_000, 2]);
    expect(clock.pending).toBe(0);
  });

  it("is cancelled with the run, and jobs inside it are called back before the run has ended", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 5_000 });
    const handle = new Pipeline("p")
      .step(map(new Pipeline("b", { input: z.string() }).step(slow, { name: "f", model: "m" })), {
        name: "own",
        input: ["a", "b"],
      })
      .start({ throwOnFailure: false, runtime: createRuntime({ random: () => 0, clock }) });
    await clock.advance(100);
    handle.cancel();
    const result = await handle.result;
    expect(result.status).toBe("cancelled");
    expect(statesOf(result)).toEqual({ own: "cancelled", "own[0].f": "cancelled", "own[1].f": "cancelled" });
    expect(slow.cancelled.toSorted()).toEqual([0, 1]);
    expect(clock.pending).toBe(0);
  });
});

describe("events", () => {
  const graph = () => {
    let checks = 0;
    const guard = {
      name: "third",
      checkOutput: () =>
        ++checks < 3 ? ({ allowed: false, reason: `no ${checks}` } as const) : ({ allowed: true } as const),
    };
    return new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .step(map(shot()), { name: "shots", input: ["1", "2"], after: ["a"] })
      .step(image, { name: "g", model: "m", guards: [guard], regenerate: 5 })
      .start({ runtime: createRuntime({ random: () => 0, clock: createFakeClock() }) });
  };
  const shown = (events: readonly RunEvent[]) =>
    events.map((event) => {
      const { runId, ...others } = event;
      return JSON.stringify(others, (name, value) => (/Id$|Hash$/.test(name) ? undefined : value));
    });

  it("are the same whether they are read as they come or after the run", async () => {
    const live = graph();
    const [events] = await Promise.all([collect(live.events), live.result]);
    const late = graph();
    await late.result;
    expect(shown(await collect(late.events))).toEqual(shown(events));
    expect(events.filter((event) => event.type === "step.rejected").map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(shortEvents(events).slice(0, 2)).toEqual(["pipeline.started", "step.queued shots"]);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, place) => place));
  });
});

describe("private steps inside a node", () => {
  it("are nowhere in events, journal, manifest and errors, and the opening opens each of them", async () => {
    const journal = memoryJournal();
    const secret = (word: string) => `secret ${word} harbour`;
    const picky = worker({
      name: "picky",
      yields: "image",
      give: ({ prompt = "" }) => {
        if (prompt.includes("bad")) throw new Error(`refused: ${prompt}`);
        return { assets: [scriptedAsset("image/png", "p")] };
      },
    });
    const hidden = new Pipeline("hidden", { input: z.string() }).step(picky, {
      name: "frame",
      model: "m",
      prompt: from("input", (input) => input),
      promptVisibility: "private",
    });
    const handle = new Pipeline("p", { input: z.array(z.string()) })
      .step(map(hidden, { join: "any" }), { name: "shots", input: from("input", (input) => input) })
      .start({ input: [secret("good"), secret("bad"), secret("fine")], runtime: createRuntime({ journal }) });
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    const entries: unknown[] = [];
    for await (const entry of journal.read(result.runId)) entries.push(entry);
    const told = [events, entries, result.run, result.facts, result.step("shots[1].frame").error?.message];
    expect(statesOf(result)).toMatchObject({ shots: "succeeded", "shots[1].frame": "failed" });
    for (const each of told) expect(JSON.stringify(each)).not.toContain("harbour");
    expect(picky.asked.map(({ prompt }) => prompt)).toEqual([secret("good"), secret("bad"), secret("fine")]);
    const opened = result.opening()?.values.map(({ step, field, value }) => [step, field, value]);
    expect(opened).toEqual([
      [1, "prompt", secret("good")],
      [2, "prompt", secret("bad")],
      [3, "prompt", secret("fine")],
      [null, "input", [secret("good"), secret("bad"), secret("fine")]],
    ]);
    expect(result.manifest.report().hashOk).toBe(true);
  });
});
