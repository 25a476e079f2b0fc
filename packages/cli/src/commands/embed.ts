import { parseManifest } from "@genblaze/core";
import { MAX_MANIFEST_BYTES } from "@genblaze/core/manifest";
import { embedManifest } from "@genblaze/media";
import { type Command, outputOf, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";
import { readBounded } from "../read-bounded.js";

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
    const manifest = parseManifest(await readBounded(manifestPath, MAX_MANIFEST_BYTES));
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
