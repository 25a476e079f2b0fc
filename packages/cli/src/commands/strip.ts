import { stripManifest } from "@genblaze/media";
import { type Command, outputOf, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";

/** `genblaze strip FILE`. */
export const strip: Command = {
  name: "strip",
  usage: "strip FILE [--output FILE] [--json]",
  summary: "Take the manifest out of a file; the rest stays byte for byte.",
  options: { output: { type: "string", short: "o" }, json: { type: "boolean" } },
  optionHelp: { output: "write the result there and leave FILE alone", json: "say what was done as JSON" },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const result = await stripManifest(file, { ...outputOf(call), ...signalOf(call) });
    print(call, result, [`${result.path}: ${result.isChanged ? "manifest taken out" : "carried no manifest"}`]);
    return exitCodes.ok;
  },
};
