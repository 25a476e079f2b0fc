import { resolve } from "node:path";
import { writeWholeFile } from "@genblaze/core/storage";
import { extractManifest } from "@genblaze/media";
import { type Command, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print, usageError } from "../output.js";

/** `genblaze extract FILE`: the manifest, as it would be stored. */
export const extract: Command = {
  name: "extract",
  usage: "extract FILE [--output MANIFEST.json] [--json]",
  summary: "Print the manifest of a file, or write it to another one.",
  options: { output: { type: "string", short: "o" }, json: { type: "boolean" } },
  optionHelp: { output: "write the manifest there instead of printing it", json: "say what was written as JSON" },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const manifest = await extractManifest(file, signalOf(call));
    const text = manifest.toCanonicalJson();
    const { output } = call.values;
    if (typeof output !== "string") {
      call.terminal.stdout.write(`${text}\n`);
      return exitCodes.ok;
    }
    if (resolve(output) === resolve(file)) {
      throw usageError(`--output is the file itself, which the manifest would replace. Name another one than ${file}.`);
    }
    await writeWholeFile(output, text, signalOf(call));
    print(call, { file, output, canonicalHash: manifest.canonicalHash }, [`${output}: manifest of ${file}`]);
    return exitCodes.ok;
  },
};
