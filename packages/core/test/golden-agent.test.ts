import { describe, expect, it } from "vitest";
import { toPythonAgentEvent } from "../src/agent/agent-events.js";
import { agentLoop } from "../src/agent/agent-loop.js";
import { thresholdEvaluator } from "../src/agent/evaluation.js";
import type { JsonObject } from "../src/json/json-value.js";
import { Pipeline } from "../src/pipeline/pipeline.js";
import { createRuntime } from "../src/run/runtime.js";
import { readRows } from "./support/golden.js";
import { createFakeClock, scriptedProvider } from "./support.js";

interface GoldenAgent {
  readonly id: string;
  readonly setup: {
    readonly agent: {
      readonly scores: readonly number[];
      readonly pass_at: number;
      readonly max_iterations: number;
      readonly provider: { readonly cost_usd: number };
    };
  };
  readonly events: readonly JsonObject[];
}

const rows = readRows<GoldenAgent>("agent-events.jsonl");

const isAgentEvent = ({ type }: JsonObject) => String(type).startsWith("agent.");

describe("the events of an agent loop", () => {
  it("has both golden scenarios", () => {
    expect(rows.map(({ id }) => id)).toEqual(["agent-pass-second", "agent-max-iterations"]);
  });

  it.each(rows)("are those of the Python library: $id", async ({ setup: { agent }, events }) => {
    const provider = scriptedProvider({ name: "mock", yields: "image" });
    const scores = agent.scores.values();
    const loop = agentLoop(
      ({ iteration, lastEvaluation }) =>
        new Pipeline("agent").step(provider, {
          model: "m1",
          prompt: `try ${iteration} ${lastEvaluation?.feedback ?? "empty"}`,
        }),
      {
        evaluate: thresholdEvaluator(() => scores.next().value ?? 0, agent.pass_at, {
          feedback: (score) => `score ${score}`,
        }),
        maxIterations: agent.max_iterations,
        costOf: () => agent.provider.cost_usd,
      },
    );
    const ours: JsonObject[] = [];
    for await (const event of loop.start({ runtime: createRuntime({ clock: createFakeClock() }) }).events) {
      const python = toPythonAgentEvent(event);
      if (python !== undefined) ours.push(python);
    }
    expect(ours.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    expect(ours.filter(isAgentEvent)).toEqual(
      events.filter(isAgentEvent).map((event) => ({ ...event, timestamp: "2026-01-15T12:00:00.000000Z" })),
    );
    expect(provider.calls.map(({ request }) => request?.prompt)).toEqual([
      "try 0 empty",
      `try 1 score ${agent.scores[0]}`,
    ]);
  });
});
