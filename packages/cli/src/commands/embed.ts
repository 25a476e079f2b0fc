import { embedManifest } from "@genblaze/media";
import { type Command, outputOf, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { readManifestFile } from "../load-manifest.js";
import { print, usageError } from "../output.js";

/** `genblaze embed FILE MANIFEST.json`. */
export const embed: Command = {
  name: "embed",
  usage: "embed FILE MANIFEST.json [--output FILE | --in-place] [--json]",
  summary: "Put a manifest into a file, or beside it where the file cannot carry one.",
  options: { output: { type: "string", short: "o" }, "in-place": { type: "boolean" }, json: { type: "boolean" } },
  optionHelp: {
    output: "write the result there and leave FILE alone",
    "in-place": "write only the end of FILE where that is enough (mp4, mov), instead of a copy",
    json: "say what was done as JSON",
  },
  positionals: { min: 2, max: 2 },
  async run(call) {
    const [file = "", manifestPath = ""] = call.positionals;
    if (call.values["in-place"] === true && call.values.output !== undefined) {
      throw usageError("--in-place changes FILE itself, and --output leaves it alone. Give one of them.");
    }
    const manifest = await readManifestFile(manifestPath);
    const result = await embedManifest(file, manifest, {
      inPlace: call.values["in-place"] === true,
      ...outputOf(call),
      ...signalOf(call),
    });
    const where =
      result.method === "sidecar" ? `${result.sidecarPath} (${result.reason})` : `embedded in ${result.path}`;
    print(call, result, [`manifest: ${where}`]);
    return exitCodes.ok;
  },
};
