import type { Command } from "../../command.js";
import { exitCodes } from "../../exit-codes.js";
import { findRun } from "../../find-run.js";
import { withHints } from "../../going-on.js";
import { journalOf } from "../../journal-of.js";
import { print } from "../../output.js";
import { journalOptions } from "../../run-options.js";

/** `genblaze runs compact ID`. */
export const compact: Command = {
  name: "runs compact",
  usage: "runs compact ID [--journal FOLDER] [--json]",
  summary: "Write the journal of a run anew without what no longer counts.",
  ...journalOptions,
  positionals: { min: 1, max: 1 },
  async run(call) {
    const opened = journalOf(call);
    const runId = await findRun(opened, call.positionals[0] ?? "");
    await withHints(() => opened.journal.compact(runId));
    print(call, { runId }, [`run ${runId}: its journal was written anew`]);
    return exitCodes.ok;
  },
};
