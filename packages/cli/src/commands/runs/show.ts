import { type Command, type CommandCall, clockOf } from "../../command.js";
import { describeRun } from "../../describe-run.js";
import { exitCodes } from "../../exit-codes.js";
import { findRun } from "../../find-run.js";
import { journalOf, type OpenedJournal } from "../../journal-of.js";
import { print } from "../../output.js";
import { runOf } from "../../run-in-journal.js";
import { journalOptions } from "../../run-options.js";

/** `genblaze runs show ID`: from the journal alone, also while the run is under way elsewhere. */
export const show: Command = {
  name: "runs show",
  usage: "runs show ID [--journal FOLDER] [--events] [--json]",
  summary: "Show how a run stands: its steps, their cost, errors, open jobs and questions.",
  options: { ...journalOptions.options, events: { type: "boolean" } },
  optionHelp: {
    ...journalOptions.optionHelp,
    events: "print the entries of its journal, one JSON document a line; they may hold signed URLs",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [words = ""] = call.positionals;
    const opened = journalOf(call);
    if (call.values.events === true) await printEntries(opened, await findRun(opened, words), call);
    else {
      const run = await runOf(opened, words);
      const { status, isClaimed, overview } = run;
      const now = clockOf(call).now();
      print(call, { status, isClaimed, ...overview }, describeRun(run, opened.folder, now));
    }
    return exitCodes.ok;
  },
};

async function printEntries({ journal }: OpenedJournal, runId: string, { terminal }: CommandCall): Promise<void> {
  for await (const entry of journal.read(runId)) terminal.stdout.write(`${JSON.stringify(entry)}\n`);
}
