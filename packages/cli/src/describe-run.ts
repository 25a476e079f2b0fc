import type { StepOverview } from "@genblaze/core/journal";
import { formatCost, formatDuration, formatTotal } from "@genblaze/core/report";
import { showDuration, showTime, table } from "./journal-words.js";
import type { RunInJournal } from "./run-in-journal.js";
import { showText } from "./show-text.js";

type ReadableRun = Exclude<RunInJournal, { status: "damaged" }>;

/** Lines that say how a run of a journal stands. */
export function describeRun(run: ReadableRun, folder: string, now: number): readonly string[] {
  const { overview, status } = run;
  const { runId, name, startedAt, resumes, doneSteps, steps, cost, error, needsInput } = overview;
  const head = ["step", "state", "asks", "asked", "took", "cost"];
  return [
    `run ${showText(runId)}: ${status}`,
    `pipeline ${showText(name)}, begun ${showTime(startedAt)}, took ${showDuration(run, now)}${timesOf(resumes)}`,
    `${doneSteps} of ${steps.length} steps done, cost ${formatTotal(cost)}`,
    ...(needsInput ? ["its input is in no journal: give it again with --input to go on"] : []),
    "",
    ...table([head, ...steps.map((step) => rowOf(step, now, status))]),
    ...steps.flatMap((step) => notesOf(step, status)),
    ...(error === undefined ? [] : ["", `${error.code}: ${showText(error.message, 1_000)}`]),
    ...(status === "completed" || status === "running" ? [] : ["", hintOf(runId, folder)]),
  ];
}

function timesOf(resumes: number): string {
  if (resumes === 0) return "";
  return resumes === 1 ? ", gone on with once" : `, gone on with ${resumes} times`;
}

function rowOf(step: StepOverview, now: number, status: ReadableRun["status"]): readonly string[] {
  const { name, parent, state, provider, model, attempts, startedAt, endedAt, cost, cache } = step;
  const isAtWork = status === "running" && state === "running";
  const until = endedAt ?? (isAtWork ? now : undefined);
  const took = startedAt === undefined || until === undefined ? "" : formatDuration(Math.max(0, until - startedAt));
  const asks = provider === undefined ? "" : showText(`${provider}/${model ?? ""}`);
  const asked = attempts === 0 ? "" : attempts === 1 ? "once" : `${attempts} times`;
  const paid = cache === "hit" ? "from the cache" : attempts === 0 ? "" : formatCost(cost);
  return [`${parent === undefined ? "" : "  "}${showText(name)}`, state, asks, asked, took, paid];
}

/** What a row has no room for. */
function notesOf(step: StepOverview, status: ReadableRun["status"]): readonly string[] {
  const { name, prompt, error, skipped, openJob, inDoubt, question } = step;
  const isUnderWay = status === "running";
  const notes = [
    ...(prompt === undefined ? [] : [`prompt: ${showText(prompt)}`]),
    ...(error === undefined ? [] : [`${error.code}: ${showText(error.message, 1_000)}`]),
    ...(skipped === undefined ? [] : [showText(skipped)]),
    ...(openJob === undefined
      ? []
      : [`job ${isUnderWay ? "under way" : "that may be under way"}: ${showText(openJob)}`]),
    ...(inDoubt === undefined || isUnderWay
      ? []
      : [`in doubt: it was asked under the key ${showText(inDoubt)}, and the answer is not known; it may be paid for`]),
    ...(question === undefined ? [] : [`waits for an answer: ${showText(JSON.stringify(question))}`]),
  ];
  return notes.length === 0 ? [] : ["", `${showText(name)}`, ...notes.map((note) => `  ${note}`)];
}

function hintOf(runId: string, folder: string): string {
  return `go on with it: genblaze runs resume ${showText(runId)} --journal ${showText(folder)} --module FILE#EXPORT`;
}
