import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonValue } from "../json/json-value.js";
import { planHash } from "../pipeline/plan-hash.js";
import { buildRequest, recordedRequest } from "../pipeline/step-request.js";
import { isPrivate, readersOf } from "../privacy/private-parts.js";
import { callBack } from "./call-back.js";
import { readValue } from "./collect-output.js";
import { checkInput } from "./give-input.js";
import { isSameJson } from "./is-same-json.js";
import { recallFiles } from "./outside-files.js";
import type { RunContext } from "./run-context.js";
import type { CheckedRunOptions } from "./run-options.js";
import type { StepProgress } from "./run-state.js";
import { readerOf, toRecorded } from "./step-inputs.js";
import { toInput } from "./to-input.js";
import type { RunBeginning } from "./transitions.js";

/** What a run begins with, for whoever goes on with it in another process. */
export function beginningOf(run: RunContext, options: CheckedRunOptions): RunBeginning {
  const { plan, root } = run.state;
  const { input, metadata = {}, parentRunIds = [] } = options;
  const assets = (run.given.get(root.path)?.assets ?? []).map(toRecorded);
  const facts = { planHash: planHash(plan), startedAt: run.log.startedAt, assets, metadata, parentRunIds };
  if (input === undefined) return facts;
  const isHidden = readersOf(plan.definition, "input").length > 0 || findNonJson(input) !== undefined;
  // It was just found to be JSON.
  if (isHidden && findNonJson(input) === undefined) {
    const inputMark = run.privacy.inputMark(input as JsonValue);
    return { ...facts, isInputHidden: true, ...(inputMark === undefined ? {} : { inputMark }) };
  }
  return isHidden ? { ...facts, isInputHidden: true } : { ...facts, input: input as JsonValue };
}

/**
 * Fills the memory of a process that did not begin the run with what the journal and the spool have. Errors:
 * RUN_CHANGED for another input, OPENING_NEEDED for one that is kept nowhere, STORAGE_NOT_FOUND when a text that steps
 * gave is gone.
 */
export async function refillRun(
  run: RunContext,
  beginning: RunBeginning,
  options: CheckedRunOptions,
  keepsEnds: boolean,
): Promise<void> {
  const { plan, root, byKey, runId } = run.state;
  const given = inputOf(runId, beginning, options);
  if (!isMarked(run, beginning, given)) throw changedInput(runId);
  const input = await checkInput(plan, given, run.privacy.inputMask(plan.definition, given));
  run.given.set(root.path, { input, assets: beginning.assets.map((each) => toInput(run, each, run.signal)) });
  for (const progress of byKey.values()) {
    recallFiles(run, progress);
    await refillValue(run, progress).catch((thrown: unknown) => {
      throw valueLost(progress, thrown);
    });
    for (const { idempotencyKey, operation, isOperationWhole } of progress.calls) {
      if (operation !== undefined && isOperationWhole) run.operations.set(idempotencyKey, operation);
    }
    if (keepsEnds) refillError(run, progress);
  }
  if (run.abort.signal.aborted) for (const progress of byKey.values()) await callBack(run, progress);
  if (run.privacy.hidesWords) for (const progress of byKey.values()) learnAgain(run, progress);
}

function inputOf(runId: string, { input, isInputHidden }: RunBeginning, options: CheckedRunOptions): unknown {
  if (isInputHidden === true) {
    if (options.input !== undefined) return options.input;
    const message = `Run ${runId} has an input that its journal does not keep, since it is private or no JSON. Give it again: option "input".`;
    throw new GenblazeError("OPENING_NEEDED", message, { details: { runId } });
  }
  if (options.input === undefined || (findNonJson(options.input) === undefined && isSameJson(options.input, input))) {
    return input;
  }
  throw changedInput(runId);
}

/** An input that is given again is the one that the run began with, as far as that can be told. */
function isMarked({ privacy }: RunContext, { inputMark }: RunBeginning, given: unknown): boolean {
  if (inputMark === undefined) return true;
  return findNonJson(given) === undefined && privacy.inputMark(given as JsonValue) === inputMark;
}

function changedInput(runId: string): GenblazeError {
  const message = `Run ${runId} was begun with another input. Give it that one, or choose another run id.`;
  return new GenblazeError("RUN_CHANGED", message, { details: { runId } });
}

/** Where what failed stays so; else it begins anew. */
function refillError(run: RunContext, { planned, error }: StepProgress): void {
  if (error !== undefined) run.errors.set(planned.step.key, new GenblazeError(error.code, error.message));
}

/** What later steps read of a step. */
async function refillValue(run: RunContext, { planned, state, output, valueSha256 }: StepProgress): Promise<void> {
  const { step } = planned;
  if (state !== "succeeded") return;
  if (step.kind === "node") {
    if (valueSha256 !== undefined) run.values.set(step.key, JSON.parse(await run.spool.readText(valueSha256)));
    return;
  }
  const [asset] = output?.assets ?? [];
  if (step.provider.yields !== "text" || asset === undefined) return;
  const shown = asset.metadata.text;
  const isAtHand = run.spool.has(asset) || typeof shown !== "string";
  const text = isAtHand ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(await run.spool.read(asset)) : shown;
  run.privacy.learnText(step, text);
  run.values.set(step.key, await readValue(step, { text }));
}

/** A text that is too long for the journal, or the value of a node, of which no spool kept the bytes. */
function valueLost({ planned: { step } }: StepProgress, cause: unknown): unknown {
  if (!GenblazeError.isInstance(cause) || cause.code !== "STORAGE_NOT_FOUND") return cause;
  const message = `What step "${step.key}" gave is not at hand in this process, and later steps may read it: the claims of the journal gave no spool that kept it, or it was taken out of there. Give the claims of the journal a \`spool\` that lasts; this run can go on in the process that began it, else begin it anew under another id.`;
  return new GenblazeError("STORAGE_NOT_FOUND", message, { cause, details: { step: step.key } });
}

/** Private words follow from the definition; where they do not, they are in no text of this process either. */
function learnAgain(run: RunContext, progress: StepProgress): void {
  const { step } = progress.planned;
  if (!isPrivate(step) || progress.request === undefined) return;
  try {
    const words = recordedRequest(buildRequest(step, [], readerOf(run, progress.scope)));
    run.privacy.learn(step, words);
    // Salts that are made of an owner's key are the same again, and open what is recorded.
    if (run.saltKey !== undefined) run.privacy.conceal(step, { ...progress.request, ...words });
  } catch {
    // What it was made of is inside a node that has ended, and not at hand.
  }
}
