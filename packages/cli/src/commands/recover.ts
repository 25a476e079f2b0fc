import { recoverInPlace } from "@genblaze/media";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";

const SENTENCES = {
  nothing: "there was nothing to bring back",
  restored: "brought back as it was before the write that was broken off",
  untouched: "had not been touched yet by the write that was broken off",
} as const;

/** `genblaze recover FILE`. */
export const recover: Command = {
  name: "recover",
  usage: "recover FILE [--json]",
  summary: "Bring back a file whose writer died while it wrote in place.",
  options: { json: { type: "boolean" } },
  optionHelp: { json: "say what was done as JSON" },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const done = await recoverInPlace(file);
    print(call, { file, done }, [`${file}: ${SENTENCES[done]}`]);
    return exitCodes.ok;
  },
};
