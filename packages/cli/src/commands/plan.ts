import { describePlan, graphOfPlan, toMermaid } from "@genblaze/core/report";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { loadPipeline } from "../load-pipeline.js";
import { moduleOf } from "../module-of.js";

/** `genblaze plan FILE` or `genblaze plan --module FILE#EXPORT`. */
export const plan: Command = {
  name: "plan",
  usage: "plan FILE | --module FILE#EXPORT [--mermaid]",
  summary: "Check the pipeline that a module exports, and show its steps; nothing is run or paid.",
  options: { module: { type: "string", short: "m" }, mermaid: { type: "boolean" } },
  optionHelp: {
    module: "file and name of the export; without a name `default`, then `pipeline`",
    mermaid: "as a Mermaid flowchart, to be pasted where Markdown is shown",
  },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const planned = (await loadPipeline(moduleOf(call, "plan"))).plan();
    const text = call.values.mermaid === true ? toMermaid(graphOfPlan(planned)) : describePlan(planned);
    call.terminal.stdout.write(`${text.trimEnd()}\n`);
    return exitCodes.ok;
  },
};
