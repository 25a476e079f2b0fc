import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { describeValue } from "../options/describe-value.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { RunEvent } from "../run/run-events.js";
import { checkRunOptions } from "../run/run-options.js";
import { cancelled, openRunSignal } from "../run/run-signal.js";
import type { AgentEvent } from "./agent-events.js";
import { type AgentOptions, checkAgentOptions } from "./agent-options.js";
import type { AgentHandle, AgentLoop, AgentRunOptions, MakePipeline } from "./agent-types.js";
import { createEventQueue } from "./event-queue.js";
import { runIterations } from "./run-iterations.js";

/**
 * Generates, judges and tries again, until an evaluator is content: each iteration is a run of its own, with the run
 * before as its parent, of a pipeline that `makePipeline` makes from what was said so far. The **best** iteration is
 * the result. To loop inside one run, and with one manifest, use `loop(...)`.
 *
 * Errors: INVALID_OPTION; while running: what `plan` and the functions given throw (UNEXPECTED for others' errors) and
 * REFERENCE_FAILED for a verdict that is none, both with the last run as the error's `result`; CANCELLED; and the
 * error of the best run when it has one, because none completed or it could not be stored.
 *
 * @example
 * const agent = agentLoop(
 *   ({ lastEvaluation }) =>
 *     new Pipeline("slogan").step(google.chat, {
 *       name: "slogan",
 *       model: "gemini-2.5-pro",
 *       prompt: `A slogan for a boat. ${lastEvaluation?.feedback ?? ""}`,
 *     }),
 *   { evaluate: ({ step }) => ({ passed: (step("slogan").text ?? "").length < 40, feedback: "Shorter." }) },
 * );
 * const { best } = await agent.run({ sink });
 */
export function agentLoop<S, Out extends StepOutput>(
  makePipeline: MakePipeline<S, Out>,
  options: AgentOptions<S>,
): AgentLoop<S> {
  if (typeof makePipeline !== "function") {
    const message = `agentLoop(makePipeline, options): a function that makes a pipeline is expected; ${describeValue(makePipeline)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const checked = checkAgentOptions(options);
  const start = (runOptions: AgentRunOptions = {}): AgentHandle<S> => {
    assertRunOptions(runOptions);
    const clock = runOptions.runtime?.clock ?? systemClock;
    const events = createEventQueue<AgentEvent | RunEvent>(isReport);
    const signal = openRunSignal(clock, runOptions.signal, undefined);
    const result = runIterations({ makePipeline, options: checked, runOptions, events, clock, signal }).finally(() => {
      signal.close();
      events.close();
    });
    // Whoever only reads the events need not handle the result as well.
    result.catch(() => undefined);
    return { events, result, cancel: (reason) => signal.abort(cancelled(reason)) };
  };
  return { start, run: async (runOptions) => start(runOptions).result };
}

/** What a provider reports of its progress. */
function isReport(event: AgentEvent | RunEvent): boolean {
  return event.type === "step.progress" && event.isTransient === true;
}

function assertRunOptions(options: AgentRunOptions): void {
  checkRunOptions(options);
  const one = ["runId", "onChange"].find((name) => Reflect.get(options, name) !== undefined);
  if (one !== undefined) {
    const message = `agent.run(options): "${one}" is of one run, and an agent loop has several, each with an id of its own. To go on after a crash, loop inside one run: loop(...).`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const own = ["input", "throwOnFailure"].find((name) => Object.hasOwn(options, name));
  if (own === undefined) return;
  const message = `agent.run(options): "${own}" is the loop's own. What a pipeline takes as input, makePipeline can put into it.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
