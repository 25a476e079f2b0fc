import {
  checkOpening,
  decryptManifest,
  type OpenedValue,
  type RevealedValue,
  readOpening,
  writeOpening,
} from "@genblaze/core/proof";
import type { Command, CommandCall } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { loadManifest } from "../load-manifest.js";
import { print, usageError } from "../output.js";
import { readKeyBytes } from "../read-key-bytes.js";

/** `genblaze reveal FILE --opening OPENING.json`. */
export const reveal: Command = {
  name: "reveal",
  usage: "reveal FILE --opening OPENING.json | --decrypt KEY [--step N] [--field NAME] [--output SHARED.json] [--json]",
  summary: "Show private prompts and parameters, and prove that the manifest holds to them.",
  options: {
    opening: { type: "string" },
    decrypt: { type: "string" },
    step: { type: "string" },
    field: { type: "string" },
    output: { type: "string", short: "o" },
    json: { type: "boolean" },
  },
  optionHelp: {
    opening: "the opening that the run wrote, or a part of it that someone gave you",
    decrypt: "file with the 32 bytes of the key of encrypted steps, raw or as 64 hex digits",
    step: "only this step, from 0",
    field: "only this field: prompt, negative_prompt, seed, params.NAME, input",
    output: "with --opening: write an opening with only these values there, to give it to someone",
    json: "print the values as JSON",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const { opening: openingPath, decrypt } = call.values;
    const manifest = await loadManifest(file, call);
    if ((openingPath === undefined) === (decrypt === undefined)) {
      throw usageError("genblaze reveal takes --opening OPENING.json or --decrypt KEY.");
    }
    if (call.values.step !== undefined && !/^\d+$/.test(String(call.values.step))) {
      throw usageError("--step takes the number of a step, from 0.");
    }
    if (typeof decrypt === "string") {
      if (call.values.output !== undefined)
        throw usageError("--output writes a part of an opening; --decrypt has none.");
      return show(call, decryptManifest(manifest, await readKeyBytes(decrypt)).filter(chosenBy(call)));
    }
    const opening = await readOpening(String(openingPath));
    const shared = { ...opening, values: opening.values.filter(chosenBy(call)) };
    const revealed = checkOpening(manifest, shared);
    const isProven = revealed.length > 0 && revealed.every(({ verdict }) => verdict === "matches");
    // What proves nothing is not to be given to anyone.
    if (typeof call.values.output === "string" && isProven) await writeOpening(call.values.output, shared);
    return show(call, revealed);
  },
};

function chosenBy({ values }: CommandCall): (value: Pick<OpenedValue, "step" | "field">) => boolean {
  return ({ step, field }) =>
    (values.step === undefined || String(step) === values.step) &&
    (values.field === undefined || field === values.field);
}

function show(call: CommandCall, values: readonly RevealedValue[]) {
  if (values.length === 0) {
    const isChosen = call.values.step !== undefined || call.values.field !== undefined;
    const advice = isChosen
      ? "Leave out --step and --field to see all."
      : "Private steps need --opening, encrypted ones --decrypt.";
    throw usageError(`There is no such value to show. ${advice}`);
  }
  const lines = values.map(({ step, field, value, verdict, reason }) => {
    const place = step === null ? "run" : `step ${step}`;
    return `${place} ${field}: ${verdict}${reason === undefined ? "" : ` (${reason})`}\n  ${JSON.stringify(value)}`;
  });
  print(call, { values }, lines);
  return values.every(({ verdict }) => verdict === "matches") ? exitCodes.ok : exitCodes.failed;
}
