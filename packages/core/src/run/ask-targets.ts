import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { countTargets } from "../pipeline/step-target.js";
import { type AtHand, askTarget, type Taken } from "./ask-target.js";
import { hedgeDelayMs, race } from "./hedge.js";
import { recordedTarget } from "./intend.js";
import { type Lane, openLane } from "./lane.js";
import { isDead, isPassedOver, isReasonToFallBack } from "./may-fall-back.js";
import { toRecordedError } from "./record-end.js";
import { hasAsked, isBeingJudged } from "./step-calls.js";

/** Who is asked first, and what of that is at hand. */
export interface Start {
  readonly lane: Lane;
  readonly atHand: AtHand | undefined;
}

/** One or, where one had been asked beside another, several of them. */
export type Starts = readonly [Start, ...Start[]];

/**
 * Asks the targets of a step in turn until one gives what the step wants. The next one is asked for the reasons that
 * the step names, and only when nothing is under way at the one before; the error of the last one is thrown.
 */
export async function askTargets(starts: Starts): Promise<Taken> {
  try {
    return await askNow(starts);
  } catch (thrown) {
    return askBehind(starts[0].lane, thrown);
  }
}

/** Asks those behind one that could not. */
export async function askBehind(first: Lane, error: unknown): Promise<Taken> {
  const failed: string[] = [];
  let [lane, reason] = [first, error];
  for (;;) {
    const next = await nextLane(lane, reason);
    if (next === undefined) throw afterOthers(reason, lane, failed);
    failed.push(`${nameOf(lane)} (${errorFromUnknown(reason, "The provider").code})`);
    lane = next;
    try {
      return await askNow([{ lane, atHand: undefined }]);
    } catch (thrown) {
      reason = thrown;
    }
  }
}

async function askNow(starts: Starts): Promise<Taken> {
  const [{ lane, atHand }, ...others] = starts;
  if (others.length > 0) return race(starts, undefined);
  const delayMs = hedgeDelayMs(lane);
  return delayMs === undefined ? askTarget(lane, atHand) : race(starts, { delayMs, beside: () => besideOf(lane) });
}

/** Who joins a slow one; nobody where an output of it is there and is being judged. */
function besideOf({ work }: Lane): Start | undefined {
  if (isBeingJudged(work.progress)) return undefined;
  try {
    return { lane: { ...openLane(work, 1), isHedge: true }, atHand: undefined };
  } catch {
    // Why it cannot be asked is said when it is its turn.
    return undefined;
  }
}

/** Who is asked when this one could not; undefined when nobody may be. */
export async function nextLane(lane: Lane, error: unknown): Promise<Lane | undefined> {
  const { work } = lane;
  const { run, progress, step } = work;
  const index = lastAsked(lane) + 1;
  if (index >= countTargets(step) || !isReasonToFallBack(lane, error) || !(await isDead(lane, error))) return undefined;
  const next = openLane(work, index);
  await run.log.record({
    state: "fell-back",
    step: step.key,
    from: recordedTarget(lane),
    to: recordedTarget(next),
    error: toRecordedError(run, progress, error),
    ...(isPassedOver(error) ? { isPassedOver: true } : {}),
  });
  return next;
}

/** One that was asked beside another has had its turn. */
function lastAsked({ work: { progress }, target }: Lane): number {
  return hasAsked(progress, 1) ? Math.max(target.index, 1) : target.index;
}

function nameOf({ target: { step } }: Lane): string {
  return `${step.provider.name}/${step.model}`;
}

/** Whoever reads the last error wants to know who was asked before. */
function afterOthers(thrown: unknown, lane: Lane, failed: readonly string[]): unknown {
  if (failed.length === 0) return thrown;
  const { code, message, details, cause, isRetryable, retryAfterMs } = errorFromUnknown(thrown, nameOf(lane));
  const before = `${nameOf(lane)} was asked last; before it, ${failed.join(", then ")} could not.`;
  return new GenblazeError(code, `${message} (${before})`, {
    details,
    cause,
    isRetryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
