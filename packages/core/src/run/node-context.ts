import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { BodyCall, BodyOutcome, Decision, NodeContext } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import type { InputAsset } from "../provider/provider.js";
import { createAbortControl, raceAbort } from "./abort-source.js";
import { ambient } from "./call-context.js";
import { maskInside } from "./mask-inside.js";
import { resting } from "./record-end.js";
import { openGroup, runGroup, skipGroup } from "./run-body.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** What a node's step resolved before its node runs. */
interface NodeWords {
  readonly input: unknown;
  readonly inputs: readonly InputAsset[];
  readonly prompt: string | undefined;
  readonly params: JsonObject;
}

/** A node's context, and the end of all that the node has begun. */
export interface OpenNode {
  readonly context: NodeContext;
  /** Resolves when nothing is under way any more, also what the node did not wait for; from then on it can do nothing. */
  settled(): Promise<void>;
}

/** What a node is given to run with; everything that it does through it is in the journal. */
export function openNode(run: RunContext, progress: StepProgress, step: NodeStep, words: NodeWords): OpenNode {
  const calls = new Map<string, Promise<BodyOutcome>>();
  const underWay = new Set<Promise<unknown>>();
  let hasEnded = false;

  function begin<T>(work: () => Promise<T>): Promise<T> {
    const begun = hasEnded ? Promise.reject(tooLate(step)) : work();
    underWay.add(begun);
    const forget = () => underWay.delete(begun);
    // A node need not wait for it; then the end of the node does.
    begun.then(forget, forget);
    return begun;
  }

  const context: NodeContext = {
    ...ambient(run, step, run.abort.signal),
    ...words,
    step: step.key,
    runId: run.state.runId,
    bodies: [...progress.planned.bodies.keys()],
    runBody(body, call = {}) {
      // One run of a body is paid for once, however often a node asks for it.
      const key = `${body} ${call.item}`;
      const running = calls.get(key) ?? begin(() => runBody(run, progress, body, call));
      calls.set(key, running);
      return running;
    },
    skipBody: (body, reason, { item } = {}) =>
      begin(async () => {
        const group = await openGroup(run, progress, { body, item });
        await skipGroup(run, group, maskInside(run, progress, reason));
      }),
    decide: (name, make) => begin(() => decide(run, progress, name, make)),
    waitForAnswer: (question, { timeoutMs } = {}) =>
      begin(() => waitForAnswer(run, progress, step, { question, timeoutMs })),
  };
  return {
    context,
    async settled() {
      hasEnded = true;
      await Promise.allSettled(underWay);
    },
  };
}

function tooLate({ key }: NodeStep): GenblazeError {
  const message = `Step "${key}": its node goes on after it has ended. This is a fault of the node.`;
  return new GenblazeError("INVALID_OPTION", message, { details: { step: key } });
}

async function runBody(run: RunContext, progress: StepProgress, body: string, call: BodyCall): Promise<BodyOutcome> {
  run.abort.signal.throwIfAborted();
  const group = await openGroup(run, progress, { body, item: call.item });
  return runGroup(run, progress, group, { input: call.input, assets: call.assets ?? [] });
}

async function decide<T extends JsonValue>(
  run: RunContext,
  progress: StepProgress,
  name: string,
  make: () => Decision<T> | Promise<Decision<T>>,
): Promise<Decision<T>> {
  const { step } = progress.planned;
  const before = progress.decisions.get(name);
  // It was written down by this node under this name, so its type is the one that `make` has.
  if (before !== undefined) return before as Decision<T>;
  const made = await raceAbort(Promise.resolve().then(make), run.abort);
  if (findNonJson(made) !== undefined || typeof made.reason !== "string") {
    const message = `Step "${step.key}": the decision "${name}" must be { value, reason } of JSON.`;
    throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
  }
  // What a judge says may quote what it judged.
  const decision = maskInside(run, progress, { value: made.value, reason: made.reason.toWellFormed() });
  await run.log.record({ state: "decided", step: step.key, name, decision });
  return made;
}

async function waitForAnswer(
  run: RunContext,
  progress: StepProgress,
  step: NodeStep,
  { question, timeoutMs }: { readonly question: JsonObject; readonly timeoutMs: number | undefined },
): Promise<JsonValue> {
  assertInTime(run, progress, step, timeoutMs);
  const given = Object.hasOwn(run.answers, step.key) ? run.answers[step.key] : progress.answer;
  if (given !== undefined) return answered(run, progress, step, given);
  if (progress.question === undefined) {
    await run.log.record({ state: "waiting", step: step.key, question: maskInside(run, progress, question) });
  }
  const { answerWaiting, state } = run;
  const askedAt = progress.question?.askedAt ?? run.runtime.clock.now();
  const limit = openAnswerLimit(run, step, askedAt, timeoutMs);
  try {
    limit.signal.throwIfAborted();
    if (answerWaiting === undefined) throw await rest(run, step);
    const asked = { runId: state.runId, step: step.key, question, signal: limit.signal };
    const answer = await raceAbort(
      Promise.resolve().then(() => answerWaiting(asked)),
      limit,
    );
    if (answer === undefined) throw await rest(run, step);
    return await answered(run, progress, step, answer);
  } finally {
    limit.close();
  }
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
  if (progress.answer !== answer) await run.log.record({ state: "answered", step: step.key, answer });
  return answer;
}

async function rest(run: RunContext, { key }: NodeStep): Promise<GenblazeError> {
  await run.log.record({ state: "resting", step: key });
  return resting(key);
}
