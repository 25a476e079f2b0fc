import { describeDiff, diffManifests } from "@genblaze/core/replay";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { loadManifest } from "../load-manifest.js";
import { print } from "../output.js";

/** `genblaze diff A B`. */
export const diff: Command = {
  name: "diff",
  usage: "diff FILE FILE [--json]",
  summary: "Show in what two manifests differ, in files that carry them or by themselves.",
  options: { json: { type: "boolean" } },
  optionHelp: { json: "print the differences as JSON" },
  positionals: { min: 2, max: 2 },
  async run(call) {
    const [left = "", right = ""] = call.positionals;
    const found = diffManifests(await loadManifest(left, call), await loadManifest(right, call));
    print(call, found, [describeDiff(found)]);
    return found.isSame ? exitCodes.ok : exitCodes.failed;
  },
};
