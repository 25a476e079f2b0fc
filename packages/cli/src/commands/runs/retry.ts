import { carryOut } from "../../carry-out.js";
import { type Command, screenOf } from "../../command.js";
import { confirm } from "../../confirm.js";
import { exitCodes } from "../../exit-codes.js";
import { goingOn, moduleForRun, withHints } from "../../going-on.js";
import { journalOf } from "../../journal-of.js";
import { loadPipeline } from "../../load-pipeline.js";
import { usageError } from "../../output.js";
import { runOf } from "../../run-in-journal.js";
import { resumeOptions } from "../../run-options.js";
import { type DoneAgain, doneAgain } from "../../steps-done-again.js";

const USAGE =
  "runs retry ID --from STEP --module FILE#EXPORT [--journal FOLDER] [--yes] and the options of `runs resume`";

/** `genblaze runs retry ID --from STEP --module FILE#EXPORT`. */
export const retry: Command = {
  name: "runs retry",
  usage: USAGE,
  summary: "Do a step of a run anew with all that follows from it, and pay for it again.",
  options: { ...resumeOptions.options, from: { type: "string" }, yes: { type: "boolean", short: "y" } },
  optionHelp: {
    ...resumeOptions.optionHelp,
    from: "the step of the pipeline that is done anew",
    yes: "do not ask whether to pay again",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const module = moduleForRun(call, USAGE);
    const { from } = call.values;
    if (typeof from !== "string")
      throw usageError(`the step to begin from is needed: --from STEP, as in \`genblaze ${USAGE}\`.`);
    const kept = journalOf(call);
    const pipeline = await loadPipeline(module);
    const { runId, overview } = await runOf(kept, call.positionals[0] ?? "");
    const again = doneAgain(pipeline.plan(), overview, from);
    const screen = screenOf(call);
    for (const line of describe(runId, again)) screen.write(`${line}\n`);
    if (!(await confirm(call, "Do and pay for them again?"))) {
      screen.write("Nothing was done.\n");
      return exitCodes.failed;
    }
    return withHints(() => carryOut(call, goingOn(call, { runId, module, pipeline, kept, from })));
  },
};

function describe(runId: string, { anew, tried, cost }: DoneAgain): readonly string[] {
  return [
    `run ${runId}`,
    anew.length === 0
      ? "nothing that succeeded is done again"
      : `done and paid for again: ${anew.join(", ")} (so far ${cost})`,
    ...(tried.length === 0 ? [] : [`tried too, as it has not succeeded: ${tried.join(", ")}`]),
  ];
}
