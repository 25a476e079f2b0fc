import { carryOut } from "../../carry-out.js";
import type { Command } from "../../command.js";
import { findRun } from "../../find-run.js";
import { goingOn, moduleForRun, withHints } from "../../going-on.js";
import { journalOf } from "../../journal-of.js";
import { loadPipeline } from "../../load-pipeline.js";
import { resumeOptions } from "../../run-options.js";

const USAGE =
  "runs resume ID --module FILE#EXPORT [--journal FOLDER] [--answers JSON] [--on-change continue] [--on-unknown-submit resubmit] [--input JSON] and the options of `run`";

/** `genblaze runs resume ID --module FILE#EXPORT`. */
export const resume: Command = {
  name: "runs resume",
  usage: USAGE,
  summary: "Go on with a run: what succeeded stays and is not paid for again.",
  ...resumeOptions,
  positionals: { min: 1, max: 1 },
  async run(call) {
    const module = moduleForRun(call, USAGE);
    const kept = journalOf(call);
    const pipeline = await loadPipeline(module);
    const runId = await findRun(kept, call.positionals[0] ?? "");
    return withHints(() => carryOut(call, goingOn(call, { runId, module, pipeline, kept })));
  },
};
