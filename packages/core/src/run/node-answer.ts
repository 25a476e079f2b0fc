import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { callTheirs } from "../options/call-theirs.js";
import type { NodeStep } from "../pipeline/definition.js";
import { createAbortControl, raceAbort } from "./abort-source.js";
import { insideMask } from "./mask-inside.js";
import { resting } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** An answer from outside: one that was given, or the one of the run's `onWaiting`. WAITING without one; TIMED_OUT. */
export async function waitForAnswer(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  { question, timeoutMs }: { readonly question: JsonObject; readonly timeoutMs: number | undefined },
): Promise<JsonValue> {
  assertInTime(run, progress, step, timeoutMs);
  const before = answerBefore(run, progress);
  const given = Object.hasOwn(run.answers, step.key) ? run.answers[step.key] : before;
  if (given !== undefined) return answered(run, progress, step, given);
  if (progress.question === undefined) {
    await run.log.record({ state: "waiting", step: step.key, question: insideMask(run, progress).json(question) });
  }
  const { answerWaiting, state } = run;
  const askedAt = progress.question?.askedAt ?? run.runtime.clock.now();
  const limit = openAnswerLimit(run, step, askedAt, timeoutMs);
  try {
    limit.signal.throwIfAborted();
    if (answerWaiting === undefined) throw await rest(run, step);
    const asked = { runId: state.runId, step: step.key, question, signal: limit.signal };
    const answer = await raceAbort(
      callTheirs(`Step "${step.key}": the run's function \`onWaiting\``, () => answerWaiting(asked)),
      limit,
    );
    if (answer === undefined) throw await rest(run, step);
    return await answered(run, progress, step, answer);
  } catch (thrown) {
    if (thrown === limit.signal.reason && !run.abort.signal.aborted)
      await run.log.record({ state: "unanswered", step: step.key });
    throw thrown;
  } finally {
    limit.close();
  }
}

/** What it was answered in the time before; the journal's words may lack private ones, and it knows what no longer counts. */
function answerBefore({ answered }: RunContext, { planned, answer }: StepProgress): JsonValue | undefined {
  return answer === undefined ? undefined : (answered.get(planned.step.key) ?? answer);
}

/** An answer that comes after its time is none. */
function assertInTime(
  { runtime }: RunContext,
  { question, answer }: StepProgress,
  { key }: NodeStep,
  timeoutMs: number | undefined,
): void {
  if (question === undefined || answer !== undefined || timeoutMs === undefined) return;
  if (runtime.clock.now() - question.askedAt < timeoutMs) return;
  throw noAnswer(key, timeoutMs);
}

function noAnswer(step: string, timeoutMs: number): GenblazeError {
  const message = `Step "${step}": no answer came within ${timeoutMs} ms. Raise the gate's timeoutMs, or give it onTimeout: "approve".`;
  return new GenblazeError("TIMED_OUT", message, { details: { step, timeoutMs } });
}

/** Time goes on while a run rests, so a limit is a point in time. */
function openAnswerLimit(
  { abort, runtime }: RunContext,
  { key }: NodeStep,
  askedAt: number,
  timeoutMs: number | undefined,
) {
  const control = createAbortControl();
  const forget = abort.onAbort(() => control.abort(abort.signal.reason));
  const takeBack =
    timeoutMs === undefined
      ? undefined
      : runtime.clock.schedule(
          () => control.abort(noAnswer(key, timeoutMs)),
          askedAt + timeoutMs - runtime.clock.now(),
        );
  return {
    ...control,
    close() {
      takeBack?.();
      forget();
    },
  };
}

async function answered(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  answer: JsonValue,
): Promise<JsonValue> {
  if (findNonJson(answer) !== undefined) {
    const message = `The answer for step "${step.key}" must be JSON, like { approved: true }.`;
    throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
  }
  if (answer === answerBefore(run, progress)) return answer;
  run.answered.set(step.key, answer);
  await run.log.record({ state: "answered", step: step.key, answer: insideMask(run, progress).json(answer) });
  return answer;
}

async function rest(run: RunContext, { key }: NodeStep): Promise<GenblazeError> {
  await run.log.record({ state: "resting", step: key });
  return resting(key);
}
