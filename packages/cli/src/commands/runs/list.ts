import { formatTotal } from "@genblaze/core/report";
import { type Command, type CommandCall, clockOf } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { journalOf, type OpenedJournal } from "../../journal-of.js";
import { durationOf, showDuration, showTime, table } from "../../journal-words.js";
import { print, usageError } from "../../output.js";
import { parseCount } from "../../parse-number.js";
import { type RunInJournal, readRun, runStatuses } from "../../run-in-journal.js";
import { journalOptions } from "../../run-options.js";
import { showText } from "../../show-text.js";

const DEFAULT_LIMIT = 50;

/** `genblaze runs list`. */
export const list: Command = {
  name: "runs list",
  usage: "runs list [--journal FOLDER] [--status STATUS] [--limit N] [--json]",
  summary: "List the runs of a journal, the last changed first.",
  options: { ...journalOptions.options, status: { type: "string" }, limit: { type: "string" } },
  optionHelp: {
    ...journalOptions.optionHelp,
    status: `only those that are so: ${runStatuses.join(", ")}`,
    limit: `how many at most; ${DEFAULT_LIMIT} when left out`,
  },
  positionals: { min: 0, max: 0 },
  async run(call) {
    const opened = journalOf(call);
    const { runs, more } = await runsOf(opened, call);
    const now = clockOf(call).now();
    const head = ["id", "name", "status", "started", "took", "steps", "cost"];
    const lines = [
      ...(runs.length === 0 ? [`no runs in ${opened.folder}`] : table([head, ...runs.map((run) => rowOf(run, now))])),
      ...(more === 0 ? [] : [`and ${more} more: --limit ${runs.length + more}`]),
    ];
    print(call, { journal: opened.folder, runs: runs.map((run) => toJson(run, now)), more }, lines);
    return exitCodes.ok;
  },
};

/** Those that are looked for; only these are read, unless a status is asked for. */
async function runsOf(opened: OpenedJournal, { values }: CommandCall) {
  const limit = parseCount("limit", values.limit) ?? DEFAULT_LIMIT;
  const status = runStatuses.find((word) => word === values.status);
  if (values.status !== undefined && status === undefined) {
    throw usageError(`--status takes one of ${runStatuses.join(", ")}; ${String(values.status)} was given.`);
  }
  const known = [];
  for await (const run of opened.journal.list()) known.push(run);
  known.sort((left, right) => right.changedAt - left.changedAt || (left.runId < right.runId ? -1 : 1));
  const runs: RunInJournal[] = [];
  let more = 0;
  for (const each of known) {
    if (status === undefined && runs.length === limit) {
      more += 1;
      continue;
    }
    const run = await readRun(opened, each);
    if (status !== undefined && run.status !== status) continue;
    if (runs.length < limit) runs.push(run);
    else more += 1;
  }
  return { runs, more };
}

function rowOf(run: RunInJournal, now: number): readonly string[] {
  const id = showText(run.runId);
  if (run.status === "damaged") return [id, "", "damaged", "", "", "", `${run.problem.code}: ${run.problem.message}`];
  const { name, startedAt, doneSteps, steps, cost } = run.overview;
  const done = `${doneSteps}/${steps.length}`;
  return [id, showText(name), run.status, showTime(startedAt), showDuration(run, now), done, formatTotal(cost)];
}

function toJson(run: RunInJournal, now: number): object {
  const { runId, status, changedAt } = run;
  if (run.status === "damaged") {
    const { code, message } = run.problem;
    return { runId, status, changedAt, error: { code, message } };
  }
  const { name, startedAt, doneSteps, steps, cost, waiting, error } = run.overview;
  const facts = { runId, name, status, startedAt, changedAt, elapsedMs: durationOf(run, now), doneSteps };
  return { ...facts, steps: steps.length, cost, waiting, ...(error === undefined ? {} : { error }) };
}
