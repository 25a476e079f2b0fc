import { describe, expect, it } from "vitest";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { codeOf, messageOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { memoryJournal } from "../journal/memory-journal.js";
import { approve } from "../node/approve.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { StepRequest } from "../provider/provider.js";
import type { RunResult } from "../run/run-result.js";
import { createRuntime } from "../run/runtime.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import { agentLoop } from "./agent-loop.js";
import type { AgentContext } from "./agent-types.js";
import { thresholdEvaluator } from "./evaluation.js";

/** Writes what it is asked; fails for "bad". */
const writer = () =>
  scriptedProvider({
    yields: "text",
    script: ({ prompt = "" }: StepRequest) =>
      prompt.includes("bad")
        ? { kind: "failed", error: new GenblazeError("SERVER_ERROR", "down") }
        : { kind: "done", output: { text: prompt } },
  });

/** A pipeline that gives a word of the list at each iteration. */
const words =
  (...all: string[]) =>
  ({ iteration }: AgentContext) =>
    new Pipeline("words").step(writer(), { name: "word", model: "m", prompt: all[iteration] ?? "" });

const length = <S>({ steps }: RunResult<S>) => steps[0]?.text?.length ?? 0;

describe("agentLoop", () => {
  it("ends with the first iteration that passes", async () => {
    const agent = agentLoop(words("a", "good", "never"), {
      evaluate: ({ step }) => step("word").text === "good",
    });
    const { iterations, best, last, passed, stoppedBy, totalCostUsd } = await agent.run();
    expect(iterations.map(({ evaluation }) => evaluation)).toEqual([{ passed: false }, { passed: true }]);
    expect([best, last]).toEqual([iterations[1], iterations[1]]);
    expect([passed, stoppedBy, totalCostUsd]).toEqual([true, "passed", null]);
    expect(best.result.step("word").text).toBe("good");
  });

  it("keeps the best iteration, not the last, and the earliest of equals", async () => {
    const { best, last, passed, stoppedBy } = await agentLoop(words("four", "seventy", "seven", "letters"), {
      evaluate: thresholdEvaluator(length, 10),
      maxIterations: 4,
    }).run();
    expect([best.iteration, best.evaluation?.score, last.iteration]).toEqual([1, 7, 3]);
    expect([passed, stoppedBy]).toEqual([false, "iterations"]);
  });

  it("keeps the lowest score where lower is better", async () => {
    const { best, passed } = await agentLoop(words("seventy", "four", "seven"), {
      evaluate: thresholdEvaluator(length, 2, { higherIsBetter: false }),
    }).run();
    expect([best.iteration, best.evaluation?.score, passed]).toEqual([1, 4, false]);
  });

  it("hands feedback on, follows from run to run, and says so in every manifest", async () => {
    const contexts: AgentContext[] = [];
    const make = (context: AgentContext) => {
      contexts.push(context);
      return words("a", "b")(context);
    };
    const evaluate = ({ runId }: { readonly runId: string }) => ({
      passed: false,
      score: 0.5,
      feedback: "longer",
      metadata: { judged: runId.length },
    });
    const { iterations } = await agentLoop(make, { evaluate, maxIterations: 2 }).run({
      parentRunIds: ["origin"],
    });
    const [first, second] = iterations.map(({ result }) => result);
    expect(contexts[1]?.lastEvaluation?.feedback).toBe("longer");
    expect(contexts[1]?.previous).toEqual([first]);
    expect(first?.run.metadata).toEqual({ agent: { iteration: 0, max_iterations: 2 }, parent_run_ids: ["origin"] });
    expect(second?.run.metadata).toEqual({
      agent: {
        iteration: 1,
        max_iterations: 2,
        last_evaluation: { passed: false, score: 0.5, feedback: "longer", metadata: { judged: 36 } },
      },
      parent_run_ids: [first?.runId],
    });
    expect(second?.manifest.verify()).toBe(true);
  });

  it("writes every iteration into the sink", async () => {
    const storage = memoryStorage();
    const { iterations } = await agentLoop(words("a", "b", "c"), { evaluate: () => false }).run({
      sink: objectStorageSink(storage, { layout: "by-run" }),
    });
    expect(iterations.map(({ result }) => result.stored !== undefined)).toEqual([true, true, true]);
    const urls = new Set(iterations.map(({ result }) => result.stored?.manifestUrl));
    expect(urls.size).toBe(3);
  });

  it("ends with a failed run and gives the best of those before", async () => {
    const { iterations, best, stoppedBy } = await agentLoop(words("a", "bad", "c"), { evaluate: () => false }).run();
    expect([iterations.length, best.iteration, stoppedBy]).toEqual([2, 0, "failure"]);
    expect([iterations[1]?.evaluation, iterations[1]?.result.status]).toEqual([undefined, "failed"]);
  });

  it("goes on after a failed run where it may", async () => {
    const { iterations, best, passed } = await agentLoop(words("bad", "bad", "c"), {
      evaluate: () => true,
      stopOnFailure: false,
    }).run();
    expect([iterations.length, best.iteration, passed]).toEqual([3, 2, true]);
  });

  it("rejects as the run did when none completed", async () => {
    const error = await rejection(agentLoop(words("bad"), { evaluate: () => true }).run());
    expect([error.code, error.result?.status]).toEqual(["RUN_FAILED", "failed"]);
  });

  it("begins no iteration that could go beyond its budget, and none after an unknown price", async () => {
    const options = { evaluate: () => false, maxIterations: 9, maxCostUsd: 1 };
    const dear = await agentLoop(words("a", "b", "c", "d"), { ...options, costOf: () => 0.3 }).run();
    expect([dear.iterations.length, dear.stoppedBy, dear.totalCostUsd]).toEqual([3, "budget", 0.9]);
    const unknown = await agentLoop(words("a", "b"), options).run();
    expect([unknown.iterations.length, unknown.stoppedBy, unknown.totalCostUsd]).toEqual([1, "unknown price", null]);
  });

  it("ends where a run waits for an answer", async () => {
    const image = scriptedProvider({ yields: "image" });
    const make = () =>
      new Pipeline("p").step(image, { name: "frame", model: "m" }).step(approve(), { name: "ok", inputs: ["frame"] });
    const { iterations, best, stoppedBy } = await agentLoop(make, { evaluate: () => true }).run();
    expect([iterations.length, best.result.status, best.evaluation, stoppedBy]).toEqual([
      1,
      "waiting",
      undefined,
      "waiting",
    ]);
  });

  it("keeps what was made when a function of the caller throws", async () => {
    const broken = () => {
      throw new Error("no model");
    };
    const judged = await rejection(agentLoop(words("a"), { evaluate: broken }).run());
    expect([judged.code, judged.result?.status]).toEqual(["UNEXPECTED", "completed"]);
    const verdict = await rejection(agentLoop(words("a"), { evaluate: () => ({ passed: 1 }) as never }).run());
    expect([verdict.code, verdict.result?.status]).toEqual(["REFERENCE_FAILED", "completed"]);
    const score = agentLoop(words("a"), { evaluate: thresholdEvaluator(() => Number.NaN, 1) });
    expect((await rejection(score.run())).code).toBe("REFERENCE_FAILED");
    const make = (context: AgentContext) => (context.iteration > 0 ? broken() : words("a")(context));
    const made = await rejection(agentLoop(make, { evaluate: () => false }).run());
    expect([made.code, made.result?.status]).toEqual(["UNEXPECTED", "completed"]);
  });

  it("ends when it is cancelled, with what was made", async () => {
    const hanging = scriptedProvider({ yields: "image", script: [{ kind: "hangs" }] });
    const make = () => new Pipeline("p").step(hanging, { model: "m" });
    const handle = agentLoop(make, { evaluate: () => true }).start();
    const types: string[] = [];
    for await (const { type } of handle.events) {
      types.push(type);
      if (type === "step.started") handle.cancel();
    }
    const error = await rejection(handle.result);
    expect([error.code, error.result?.status]).toEqual(["CANCELLED", "cancelled"]);
    expect(types.at(-1)).toBe("pipeline.failed");
    const gone = agentLoop(make, { evaluate: () => true }).run({ signal: AbortSignal.abort() });
    expect((await rejection(gone)).code).toBe("CANCELLED");
  });

  it("goes by the clock of its runtime", async () => {
    const runtime = createRuntime({ clock: createFakeClock() });
    const { events } = agentLoop(words("a"), { evaluate: () => true }).start({ runtime });
    const times = new Set<string>();
    for await (const { timestamp } of events) times.add(timestamp);
    expect([...times]).toEqual(["2026-01-15T12:00:00Z"]);
  });

  it("refuses wrong options at once", () => {
    const evaluate = () => true;
    expect(codeOf(() => agentLoop(undefined as never, { evaluate }))).toBe("INVALID_OPTION");
    expect(codeOf(() => agentLoop(words("a"), {} as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => agentLoop(words("a"), { evaluate, maxIterations: 0 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => agentLoop(words("a"), { evaluate }).start({ throwOnFailure: false } as never))).toBe(
      "INVALID_OPTION",
    );
    expect(codeOf(() => thresholdEvaluator(() => 1, Number.NaN))).toBe("INVALID_OPTION");
  });

  it("writes each run into the journal under an id of its own, and refuses one id for all", async () => {
    const journal = memoryJournal();
    const agent = agentLoop(words("a", "b"), { evaluate: () => false, maxIterations: 2 });
    const { iterations } = await agent.run({ journal });
    const known: string[] = [];
    for await (const { runId } of journal.list()) known.push(runId);
    expect(known).toEqual(iterations.map(({ result }) => result.runId));
    for (const options of [{ runId: "one" }, { onChange: "continue" }] as readonly object[]) {
      expect(messageOf(() => agent.start(options))).toContain("is of one run, and an agent loop has several");
    }
  });
});
