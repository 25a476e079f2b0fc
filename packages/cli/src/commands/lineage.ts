import { stat } from "node:fs/promises";
import { GenblazeError } from "@genblaze/core";
import { describeLineage, lineage as readLineage } from "@genblaze/core/replay";
import { folder } from "@genblaze/core/storage";
import { type Command, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";

/** `genblaze lineage FOLDER [RUN_ID]`. */
export const lineage: Command = {
  name: "lineage",
  usage: "lineage FOLDER [RUN_ID] [--prefix PREFIX] [--json]",
  summary: "Show which stored runs came from which, and the files that they share.",
  options: {
    prefix: { type: "string" },
    json: { type: "boolean" },
  },
  optionHelp: {
    prefix: 'the prefix that the runs were stored below; "genblaze" when left out',
    json: "print runs, edges, forks and shared assets as JSON",
  },
  positionals: { min: 1, max: 2 },
  async run(call) {
    const [path = "", runId] = call.positionals;
    const { prefix } = call.values;
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isDirectory() !== true) throw new GenblazeError("FILE_NOT_FOUND", `There is no folder ${path}.`);
    const found = await readLineage(folder(path), {
      ...(runId === undefined ? {} : { runId }),
      ...(typeof prefix === "string" ? { prefix } : {}),
      ...signalOf(call),
    });
    print(call, found, [describeLineage(found)]);
    return exitCodes.ok;
  },
};
