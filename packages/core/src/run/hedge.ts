import { GenblazeError } from "../errors/genblaze-error.js";
import { type AbortControl, createAbortControl } from "./abort-source.js";
import { accountOf } from "./account-of.js";
import { askTarget, type Taken } from "./ask-target.js";
import type { Start } from "./ask-targets.js";
import { cancelJob } from "./cancel-job.js";
import type { Lane } from "./lane.js";
import { askedOf, hasAsked, isOpenCall } from "./step-calls.js";

/** After how many milliseconds the first fallback is asked too; undefined when it is not, or has been. */
export function hedgeDelayMs({ work: { run, progress, step }, target }: Lane): number | undefined {
  const { hedge } = step;
  if (hedge === undefined || target.index !== 0 || hasAsked(progress, 1)) return undefined;
  const seen = hedge.observed ? run.runtime.latencies.slowest(accountOf(step), step.model) : undefined;
  return seen ?? hedge.afterMs;
}

/** Who joins a race that is under way. */
export interface Joining {
  readonly delayMs: number;
  /** Undefined when nobody is to join after all. */
  readonly beside: () => Start | undefined;
}

interface Racer {
  readonly lane: Lane;
  readonly control: AbortControl;
  readonly end: Promise<Taken>;
  /** Takes back what ends it with the step. */
  readonly forget: () => void;
}

/**
 * Lets targets of a step run beside one another, one of them later; gives the first output that is taken, and calls the
 * other job back. When all fail, the error of the one that failed last is thrown; that it is not known whether one of
 * them took a job, or that the request or the key is wrong, goes before.
 */
export async function race(starts: readonly Start[], joining: Joining | undefined): Promise<Taken> {
  const racers = starts.map(run);
  try {
    const first = racers[0];
    if (joining !== undefined && first !== undefined && (await isSlow(first, joining.delayMs))) {
      const joined = joining.beside();
      if (joined !== undefined) racers.push(run(joined));
    }
    const winner = await firstTaken(racers);
    await Promise.all(racers.filter(({ lane }) => lane !== winner.lane).map((racer) => stop(racer, winner)));
    return winner;
  } finally {
    for (const racer of racers) racer.forget();
  }
}

function run({ lane, atHand }: Start): Racer {
  const control = createAbortControl();
  const { abort } = lane;
  const forget = abort.onAbort(() => control.abort(abort.signal.reason));
  const own: Lane = { ...lane, abort: { ...control, endsAt: abort.endsAt } };
  const left = atHand && { ...atHand, call: { ...atHand.call, abort: own.abort } };
  const end = askTarget(own, left);
  // It is looked at later, when the other one has ended.
  end.catch(() => undefined);
  return { lane: own, control, end, forget };
}

/** Whether it has not ended after a while. */
async function isSlow({ end, lane }: Racer, delayMs: number): Promise<boolean> {
  const { clock } = lane.work.run.runtime;
  let takeBack = () => {};
  const late = new Promise<true>((resolve) => {
    takeBack = clock.schedule(() => resolve(true), delayMs);
  });
  const ended = end.then(
    () => false,
    () => false,
  );
  return Promise.race([late, ended]).finally(() => takeBack());
}

function firstTaken(racers: readonly Racer[]): Promise<Taken> {
  const errors: unknown[] = [];
  return new Promise((resolve, reject) => {
    for (const { end } of racers) {
      end.then(resolve, (error: unknown) => {
        errors.push(error);
        if (errors.length === racers.length) reject(errors.find(isDoubt) ?? errors.find(isFinal) ?? error);
      });
    }
  });
}

/** After these nobody else is asked, whoever failed later. */
function isFinal(error: unknown): boolean {
  return GenblazeError.isInstance(error) && (error.code === "INVALID_INPUT" || error.code === "AUTH_FAILED");
}

function isDoubt(error: unknown): boolean {
  return GenblazeError.isInstance(error) && error.code === "SUBMIT_UNKNOWN";
}

/** Lets one that was slower end; what it gave all the same has been written down as paid for. */
async function stop({ control, end }: Racer, { lane: { target } }: Taken): Promise<void> {
  control.abort(new GenblazeError("CANCELLED", `${target.step.provider.name}/${target.step.model} was faster.`));
  await end.catch(() => undefined);
}

/** Calls back what is under way at the targets whose output was not taken. */
export async function callBackOthers({ lane, call: taken }: Taken): Promise<void> {
  const { run, progress, step: own } = lane.work;
  for (const call of progress.calls) {
    if (call.attempt === taken.attempt || !isOpenCall(call)) continue;
    const asked = askedOf(own, call);
    const operation = run.operations.get(call.idempotencyKey);
    const isKnown = asked !== undefined && operation !== undefined;
    const isCancelled = isKnown && (await cancelJob(run, progress, asked, operation));
    run.operations.delete(call.idempotencyKey);
    await run.log.record({ state: "outrun", step: own.key, attempt: call.attempt, isCancelled });
  }
}
