import { type CarryOutParts, carryOut } from "../carry-out.js";
import type { Command } from "../command.js";
import { withHints } from "../going-on.js";
import { journalForRun } from "../journal-of.js";
import { loadPipeline } from "../load-pipeline.js";
import { moduleOf } from "../module-of.js";
import { usageError } from "../output.js";
import { parseJson } from "../parse-json.js";
import { runOptions } from "../run-options.js";

/** `genblaze run FILE` or `genblaze run --module FILE#EXPORT`. */
export const run: Command = {
  name: "run",
  usage:
    "run FILE | --module FILE#EXPORT [--input JSON] [--journal FOLDER [--run-id ID]] [--save PATH] [--store FOLDER] [--cache FOLDER] [--answers JSON] [--budget USD] [--report FILE] [--sign KEY.json] [--opening FILE] [--encrypt KEY] [--owner-key KEY] [--json]",
  summary: "Run the pipeline that a module exports.",
  options: { ...runOptions.options, "run-id": { type: "string" } },
  optionHelp: {
    ...runOptions.optionHelp,
    "run-id": "with --journal: the run's id; the same call again goes on with it, or gives what it gave",
  },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const module = moduleOf(call, "run");
    const { "run-id": runId } = call.values;
    const kept = journalForRun(call);
    if (typeof runId === "string" && kept === undefined) {
      throw usageError("--run-id needs a journal: `genblaze run FILE --journal FOLDER --run-id ID`.");
    }
    const pipeline = await loadPipeline(module);
    const input = parseJson("input", call.values.input);
    const id = typeof runId === "string" ? { runId } : {};
    const start: CarryOutParts["start"] = (options) => pipeline.start({ ...options, input, ...id });
    return withHints(() => carryOut(call, { module, pipeline, kept, start }));
  },
};
