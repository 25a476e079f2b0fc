import { type Command, clockOf, signalOf } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { journalOf } from "../../journal-of.js";
import { print, usageError } from "../../output.js";
import { parseAgeMs } from "../../parse-number.js";
import { journalOptions } from "../../run-options.js";

const USAGE = "runs prune --older-than AGE [--journal FOLDER] [--json]";

/** `genblaze runs prune --older-than 30d`. */
export const prune: Command = {
  name: "runs prune",
  usage: USAGE,
  summary: "Forget the runs that ended long ago, with their outputs in the journal.",
  options: { ...journalOptions.options, "older-than": { type: "string" } },
  optionHelp: {
    "older-than": "those that ended longer ago than that: 90m, 12h, 30d, 8w",
    ...journalOptions.optionHelp,
  },
  positionals: { min: 0, max: 0 },
  async run(call) {
    const age = call.values["older-than"];
    if (typeof age !== "string") throw usageError(`an age is needed: --older-than 30d, as in \`genblaze ${USAGE}\`.`);
    const { folder, journal } = journalOf(call);
    const endedBefore = clockOf(call).now() - parseAgeMs("older-than", age);
    const removed = await journal.prune({ endedBefore, ...signalOf(call) });
    print(call, { journal: folder, removed }, [
      `${removed.length} ${removed.length === 1 ? "run" : "runs"} forgotten`,
      ...removed.map((runId) => `  ${runId}`),
    ]);
    return exitCodes.ok;
  },
};
