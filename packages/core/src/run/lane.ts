import type { ProviderStep } from "../pipeline/definition.js";
import { prepareRequest } from "../pipeline/prepare-request.js";
import { buildRequest, recordedRequest } from "../pipeline/step-request.js";
import { type StepTarget, targetOfStep } from "../pipeline/step-target.js";
import type { InputAsset, PreparedRequest, StepRequest } from "../provider/provider.js";
import type { AbortSource } from "./abort-source.js";
import { idempotencyKeyOf, type ProviderCall } from "./provider-call.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { readerOf } from "./step-inputs.js";
import { wordsBefore } from "./words-before.js";

/** One step of a provider while it is done. */
export interface StepWork {
  readonly run: RunContext;
  readonly progress: StepProgress;
  readonly step: ProviderStep;
  readonly abort: AbortSource;
  readonly inputs: readonly InputAsset[];
  /** How many requests were made by now, those whose intent is being written included. */
  readonly begun: { attempts: number };
}

/** What a target is asked for. */
export interface Asked {
  readonly request: StepRequest;
  readonly prepared: PreparedRequest;
}

/** One target of a step while it is asked: all targets but the first run only when others cannot, or are slow. */
export interface Lane {
  readonly work: StepWork;
  readonly target: StepTarget;
  /** Its request as the step has it, without what was said of an answer. */
  readonly first: Asked;
  readonly abort: AbortSource;
  readonly isHedge: boolean;
}

/** Makes ready what a target is asked for; what `prepare` says of it is thrown. */
export function openLane(work: StepWork, index: number): Lane {
  const { run, progress, step, abort, inputs } = work;
  const target = targetOfStep(step, index);
  const request = wordsBefore(work, target, buildRequest(target.step, inputs, readerOf(run, progress.scope)));
  if (run.privacy.hidesWords) run.privacy.learn(step, recordedRequest(request));
  return { work, target, first: prepareAsked(target, request), abort, isHedge: false };
}

/** A request as the provider of a target would send it. */
export function prepareAsked({ step, warnings }: StepTarget, request: StepRequest): Asked {
  const prepared = prepareRequest(step, request);
  if (warnings.length === 0) return { request, prepared };
  return { request, prepared: { ...prepared, warnings: [...warnings, ...(prepared.warnings ?? [])] } };
}

/** A call of the target under the key of an attempt. */
export function callOf({ work: { run, progress }, target, abort }: Lane, attempt: number): ProviderCall {
  const idempotencyKey = idempotencyKeyOf(run, progress, attempt);
  return { run, progress, step: target.step, abort, attempt, idempotencyKey };
}
