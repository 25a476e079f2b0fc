import { isDeepStrictEqual } from "node:util";
import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonValue } from "../json/json-value.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { ProgressReport } from "../provider/call-context.js";
import type { ProviderOutput, Submission } from "../provider/provider.js";
import { raceAbort } from "./abort-source.js";
import { accountOf } from "./account-of.js";
import { callContext, reportHeartbeat } from "./call-context.js";
import { type IdleWatch, watchIdle } from "./idle-watch.js";
import { byPoll, byWebhook, type NewsParts } from "./next-news.js";
import { pause } from "./pause.js";
import { type Following, pollOnce, pollUntilDone } from "./poll-until-done.js";
import { ofAttempt, type ProviderCall, recordedCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import { retrying } from "./retrying.js";
import type { RunContext } from "./run-context.js";

/** By what part of a pause jobs are asked for later than it ends, at most. */
const SPREAD = 0.1;

/** Follows a job to its end, from where it is. */
export async function follow(call: ProviderCall, submission: Submission): Promise<ProviderOutput> {
  if (submission.status === "done") return submission.output;
  const { run, step, abort } = call;
  const { timers, poll } = run.runtime;
  const polling = step.poll ?? poll;
  const watch = watchIdle({ step, idleTimeoutMs: polling.idleTimeoutMs, timers, abort });
  try {
    const following = pollUntilDone(step.provider, submission, { ...followingOf(call, watch), polling });
    const end = await following.catch((thrown: unknown) => {
      if (!saysNoJob(thrown)) throw thrown;
      return { status: "failed" as const, error: thrown };
    });
    if (end.status === "done") return end.output;
    const hadJob = run.operations.delete(call.idempotencyKey);
    // Where another one may be asked next, a job that failed is not found open by whoever goes on.
    if (hadJob && step.fallbacks.length > 0) await recordRefused(call, end.error, {});
    throw end.error;
  } finally {
    watch.close();
  }
}

/** Whether a poll that failed says that there is no job any more; a time limit or a network that fails does not. */
function saysNoJob(thrown: unknown): thrown is GenblazeError {
  return GenblazeError.isInstance(thrown) && (thrown.code === "MODEL_ERROR" || thrown.code === "INVALID_INPUT");
}

/** Where the vendor can report the jobs of a call; undefined when they are only polled. */
export function webhookUrlOf({ run, step, idempotencyKey }: ProviderCall): string | undefined {
  if (step.provider.webhook === undefined) return undefined;
  return run.runtime.webhooks?.urlFor(step.provider, idempotencyKey);
}

function followingOf(given: ProviderCall, watch: IdleWatch): Omit<Following, "polling"> {
  const { run, progress, step } = given;
  const { timers, random, webhooks } = run.runtime;
  const call: ProviderCall = { ...given, abort: watch };
  const report = callContext(run, progress, watch.signal, call.idempotencyKey, step).onProgress;
  const onProgress = (told: ProgressReport) => {
    watch.notice(told);
    report(told);
  };
  const parts: NewsParts = {
    timers,
    abort: watch,
    poll: (operation, abort) => poll({ ...call, abort }, operation, onProgress),
    onHeartbeat: () => reportHeartbeat(run, progress),
  };
  const isHeard = webhooks !== undefined && webhookUrlOf(call) !== undefined;
  // What the journal knows of was submitted in the time before.
  const before = recordedCall(call);
  const isOverdue = before?.operation !== undefined;
  return {
    clock: timers,
    random,
    isOverdue,
    submittedAt: (isOverdue ? before.answeredAt : undefined) ?? timers.now(),
    next: isHeard ? byWebhook(webhooks, step.provider, parts) : byPoll(parts),
    onPending: (operation) => writeDown(call, operation),
    onProgress,
  };
}

function writeDown(call: ProviderCall, operation: JsonValue): Promise<void> | undefined {
  const { run, step, idempotencyKey } = call;
  run.operations.set(idempotencyKey, operation);
  // That of a resumed run is known already.
  if (recordedCall(call)?.operation !== undefined) return undefined;
  const known = operationOf(run, step, operation);
  return run.log.record({ state: "submitted", step: step.key, ...ofAttempt(call), ...known });
}

/** One poll; what says nothing of the job is tried again. */
function poll(
  call: ProviderCall,
  operation: JsonValue,
  onProgress: (report: ProgressReport) => void,
): Promise<Submission> {
  const { run, progress, step, abort, idempotencyKey } = call;
  const context = { ...callContext(run, progress, abort.signal, idempotencyKey, step), onProgress };
  return retrying(call, "poll", undefined, async () => {
    await untilMayAsk(call);
    return raceAbort(pollOnce(step.provider, operation, context), abort);
  });
}

/** Waits as long as the account said that nobody is to ask it; then not all ask in the same moment. */
async function untilMayAsk({ run, progress, step, abort }: ProviderCall): Promise<void> {
  const { limits, timers, random } = run.runtime;
  const target = { account: accountOf(step), model: step.model };
  for (let leftMs = limits.pausedMs(target); leftMs > 0; leftMs = limits.pausedMs(target)) {
    await pause(timers, leftMs * (1 + SPREAD * random()), abort, () => reportHeartbeat(run, progress));
  }
}

/** A job's operation as the journal may have it. */
export function operationOf({ privacy }: RunContext, step: ProviderStep, operation: JsonValue) {
  // What cannot be written down can be followed in this process only.
  const kept = toJson(operation);
  if (kept === undefined) return { operation: null, isMasked: true as const };
  const shown = privacy.maskOf(step).json(kept);
  return isDeepStrictEqual(shown, kept) ? { operation: kept } : { operation: shown, isMasked: true as const };
}

/** A value of an SDK's own class, say, as JSON; undefined for what has no such form. */
function toJson(value: JsonValue): JsonValue | undefined {
  if (findNonJson(value) === undefined) return value;
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
