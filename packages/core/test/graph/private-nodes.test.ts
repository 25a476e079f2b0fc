import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createRuntime,
  from,
  type JournalEntry,
  type Logger,
  loop,
  memoryJournal,
  Pipeline,
  type RunHandle,
  type RunResult,
  type Runtime,
  route,
  split,
} from "../../src/index.js";
import { typedNode } from "../../src/node/index.js";
import { collect } from "../run-support.js";
import { scriptedAsset } from "../support.js";
import { worker } from "./graph-support.js";

const secret = "the hidden harbour of Elvendal";

/** A logger that remembers what it was told. */
function listening(): Logger & { readonly told: unknown[] } {
  const told: unknown[] = [];
  const tell = (...words: unknown[]) => void told.push(words);
  return { told, debug: tell, info: tell, warn: tell };
}

/** All that is written and told of a run. */
async function tracesOf<S>(start: (options: { runtime: Runtime }) => RunHandle<S>) {
  const journal = memoryJournal();
  const logger = listening();
  const handle = start({ runtime: createRuntime({ journal, logger }) });
  const [events, result] = await Promise.all([collect(handle.events), handle.result]);
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(handle.runId)) entries.push(entry);
  const errors = result.steps.map(({ error }) => [error?.message, error?.details, String(error?.cause)]);
  const traces = JSON.stringify([events, entries, result.manifest, result.facts, errors, logger.told]);
  return { traces, result };
}

/** The step that the tests are about. */
const ownOf = ({ steps }: Pick<RunResult<unknown>, "steps">) => steps.find(({ name }) => name === "own");

/** A private step that reads the input of its pipeline. */
const painted = new Pipeline("painted", { input: z.string() }).step(worker({ name: "image", yields: "image" }), {
  name: "frame",
  model: "m",
  prompt: from("input", (words) => words),
  promptVisibility: "private",
});

/** A private step that says what it was asked, turned around so that only its answer gives it away. */
const teller = () =>
  worker({ name: "teller", yields: "text", give: () => ({ text: "a boat lies before the lighthouse" }) });

describe("what a node says of private words", () => {
  it("is nowhere when a function throws before anything inside it has begun", async () => {
    const failing = (): never => {
      throw new Error(`cannot choose for ${secret}`);
    };
    const nodes = [
      route({ a: painted, b: painted }, failing),
      split({ a: painted, b: painted }, { weights: { a: 1, b: 1 }, key: failing }),
      loop(painted, { judge: failing }),
    ];
    for (const node of nodes) {
      const { traces, result } = await tracesOf((options) =>
        new Pipeline("p", { input: z.string() })
          .step(node, { name: "own", input: from("input", (words) => words) })
          .start({ ...options, input: secret, throwOnFailure: false }),
      );
      expect(ownOf(result)?.error?.message).toContain("cannot choose for");
      expect(traces).not.toContain("harbour");
    }
  });

  it("is nowhere in reasons for a choice that a private input led to", async () => {
    const { traces, result } = await tracesOf((options) =>
      new Pipeline("p", { input: z.string() })
        .step(
          route({ a: painted, b: painted }, ({ input }) => ({ arm: "a", reason: `because of ${String(input)}` })),
          { name: "own", input: from("input", (words) => words) },
        )
        .start({ ...options, input: secret }),
    );
    expect(ownOf(result)?.decisions.arm).toEqual({ value: "a", reason: "because of [private]" });
    expect(traces).not.toContain("harbour");
  });

  it("is nowhere in verdicts, evidence and errors over the text that a private step gave", async () => {
    const told = new Pipeline("told").step(teller(), {
      name: "text",
      model: "m",
      prompt: secret,
      promptVisibility: "private",
    });
    const { traces, result } = await tracesOf((options) =>
      new Pipeline("p")
        .step(
          loop(told, {
            judge: ({ value }) => ({ passed: false, feedback: `"${value}" is too long` }),
            maxRounds: 2,
            mustPass: true,
          }),
          { name: "own" },
        )
        .start({ ...options, throwOnFailure: false }),
    );
    expect(ownOf(result)?.error?.message).toContain("is too long");
    expect(traces).not.toContain("lighthouse");
  });

  it("is nowhere in what people answer, which a resumed node has in full all the same", async () => {
    let isDown = true;
    const image = worker({ name: "image", yields: "image" });
    const last = worker({
      name: "last",
      yields: "image",
      give: () => {
        if (isDown) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", "x")] };
      },
    });
    const answers: unknown[] = [];
    const asking = typedNode<"image", never, unknown, undefined>({
      kind: "asking",
      yields: "image",
      accepts: [],
      bodies: {
        frame: new Pipeline("frame").step(image, {
          name: "frame",
          model: "m",
          prompt: secret,
          promptVisibility: "private",
        }),
        last: { provider: last, model: "m" },
      },
      async run({ runBody, waitForAnswer }) {
        await runBody("frame");
        answers.push(await waitForAnswer({ question: "Is it good?" }));
        const { assets, error } = await runBody("last");
        if (error !== undefined) throw error;
        return { assets };
      },
    });
    const { traces, result } = await tracesOf((options) =>
      new Pipeline("p")
        .step(asking, { name: "own" })
        .start({ ...options, onWaiting: () => ({ note: `more of ${secret}` }), throwOnFailure: false }),
    );
    expect(ownOf(result)?.error?.message).toContain("out of order");
    expect(traces).not.toContain("harbour");
    isDown = false;
    expect((await result.resume().result).status).toBe("completed");
    expect(answers).toEqual([{ note: `more of ${secret}` }, { note: `more of ${secret}` }]);
  });

  it("reaches a judge in full when a loop goes on with a verdict of the time before", async () => {
    let isDown = false;
    const teller = worker({
      name: "teller",
      yields: "text",
      give: ({ prompt = "" }) => {
        if (isDown) throw new Error("out of order");
        return { text: prompt };
      },
    });
    const body = new Pipeline("body", { input: z.string() }).step(teller, {
      name: "text",
      model: "m",
      prompt: from("input", (words) => words),
      promptVisibility: "private",
    });
    const { traces, result } = await tracesOf((options) =>
      new Pipeline("p")
        .step(
          loop(body, {
            judge: ({ round }) => {
              isDown = round === 1;
              return { passed: round === 2, feedback: `say more of ${secret}` };
            },
            next: ({ verdict }) => verdict.feedback ?? "",
            mustPass: true,
          }),
          { name: "own", input: "begin with this" },
        )
        .start({ ...options, throwOnFailure: false }),
    );
    expect(result.status).toBe("failed");
    expect(traces).not.toContain("harbour");
    isDown = false;
    expect((await result.resume().result).status).toBe("completed");
    expect(teller.asked.at(-1)?.prompt).toBe(`say more of ${secret}`);
  });

  it("is nowhere in names of decisions and options of warnings, and leaves the names of bodies as they are", async () => {
    const telling = typedNode<"image", never, unknown, string>({
      kind: "telling",
      yields: "image",
      accepts: [],
      bodies: { "hidden harbour": painted },
      async run({ decide, runBody, input }) {
        await decide(`about ${secret}`, () => ({ value: "hidden harbour", reason: "it is its name" }));
        const { assets } = await runBody("hidden harbour", { input });
        return { assets, warnings: [{ option: `words of ${secret}`, message: "look out" }] };
      },
    });
    const { traces, result } = await tracesOf((options) =>
      new Pipeline("p", { input: z.string() })
        .step(telling, { name: "own", input: from("input", (words) => words) })
        .start({ ...options, input: secret }),
    );
    expect(result.status).toBe("completed");
    expect(traces).not.toContain("Elvendal");
    expect(ownOf(result)?.decisions).toEqual({
      "about [private]": { value: "hidden harbour", reason: "it is its name" },
    });
  });
});
