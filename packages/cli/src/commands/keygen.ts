import { stat } from "node:fs/promises";
import { createSigningKey, toKeySet, writeSigningKey } from "@genblaze/core/proof";
import { writeWholeFile } from "@genblaze/core/storage";
import { type Command, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print, usageError } from "../output.js";

/** `genblaze keygen KEY.json`. */
export const keygen: Command = {
  name: "keygen",
  usage: "keygen KEY.json [--expires DATE] [--json]",
  summary: "Make a key that signs manifests, and KEY.public.json for those who verify.",
  options: { expires: { type: "string" }, json: { type: "boolean" } },
  optionHelp: {
    expires: "signatures from this day on do not count, like 2027-01-31",
    json: "say what was made as JSON",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [path = ""] = call.positionals;
    const publicPath = `${path.replace(/\.json$/, "")}.public.json`;
    if ((await stat(publicPath).catch(() => undefined)) !== undefined) {
      throw usageError(`${publicPath} is there already, and a key is never overwritten. Name another file.`);
    }
    const key = { ...(await createSigningKey()), ...expiryOf(call.values.expires) };
    await writeSigningKey(path, key);
    await writeWholeFile(publicPath, `${JSON.stringify(toKeySet(key), null, 2)}\n`, signalOf(call));
    print(call, { path, publicPath, keyId: key.kid }, [
      `${path}: signs; keep it to yourself`,
      `${publicPath}: give it to whoever verifies`,
      `key id ${key.kid}`,
    ]);
    return exitCodes.ok;
  },
};

function expiryOf(expires: string | boolean | undefined): { readonly exp?: number } {
  if (typeof expires !== "string") return {};
  const time = /^\d{4}-\d{2}-\d{2}$/.test(expires) ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(time)) throw usageError(`--expires must be a day like 2027-01-31; "${expires}" was given.`);
  if (time <= Date.now()) throw usageError(`--expires must be a day to come; "${expires}" is past.`);
  return { exp: time / 1000 };
}
