import {
  checkOpening,
  decryptManifest,
  type OpenedValue,
  type RevealedValue,
  readOpening,
  writeOpening,
} from "@genblaze/core";
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
    output: "write an opening with only these values there, to give it to someone",
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
    if (typeof decrypt === "string") {
      return show(call, decryptManifest(manifest, await readKeyBytes(decrypt)).filter(chosenBy(call)));
    }
    const opening = await readOpening(String(openingPath));
    const shared = { ...opening, values: opening.values.filter(chosenBy(call)) };
    if (typeof call.values.output === "string") await writeOpening(call.values.output, shared);
    return show(call, checkOpening(manifest, shared));
  },
};

function chosenBy({ values }: CommandCall): (value: Pick<OpenedValue, "step" | "field">) => boolean {
  return ({ step, field }) =>
    (values.step === undefined || String(step) === values.step) &&
    (values.field === undefined || field === values.field);
}

function show(call: CommandCall, values: readonly RevealedValue[]) {
  if (values.length === 0) throw usageError("There is no such private value. Leave out --step and --field to see all.");
  const lines = values.map(({ step, field, value, verdict, reason }) => {
    const place = step === null ? "run" : `step ${step}`;
    return `${place} ${field}: ${verdict}${reason === undefined ? "" : ` (${reason})`}\n  ${JSON.stringify(value)}`;
  });
  print(call, { values }, lines);
  return values.every(({ verdict }) => verdict === "matches") ? exitCodes.ok : exitCodes.failed;
}
