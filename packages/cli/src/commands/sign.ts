import type { Manifest } from "@genblaze/core";
import { readSigningKey, signManifest } from "@genblaze/core/proof";
import { writeWholeFile } from "@genblaze/core/storage";
import { embedManifest, verifyFile } from "@genblaze/media";
import { type Command, type CommandCall, outputOf, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { isManifestFile, loadManifest } from "../load-manifest.js";
import { print, usageError } from "../output.js";

/** `genblaze sign FILE --key KEY.json`. */
export const sign: Command = {
  name: "sign",
  usage: "sign FILE --key KEY.json [--output FILE] [--json]",
  summary: "Sign the manifest inside a file or beside it, or a manifest by itself.",
  options: { key: { type: "string", short: "k" }, output: { type: "string", short: "o" }, json: { type: "boolean" } },
  optionHelp: {
    key: "the private key that `genblaze keygen` made",
    output: "write the result there and leave FILE alone",
    json: "say what was done as JSON",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    if (typeof call.values.key !== "string") throw usageError("genblaze sign needs --key KEY.json.");
    const key = await readSigningKey(call.values.key);
    const path = isManifestFile(file)
      ? await writeManifest(
          outputOf(call).output ?? file,
          await signManifest(await loadManifest(file, call), key),
          call,
        )
      : await signMedia(file, (manifest) => signManifest(manifest, key), call);
    print(call, { path, keyId: key.kid }, [`${path}: signed by key ${key.kid}`]);
    return exitCodes.ok;
  },
};

/** The manifest stays where it was: in the file, or in its sidecar. */
async function signMedia(
  file: string,
  signed: (manifest: Manifest) => Promise<Manifest>,
  call: CommandCall,
): Promise<string> {
  const { manifest, foundIn, sidecarPath, bytes } = await verifyFile(file, signalOf(call));
  if (bytes.verdict === "differs") {
    throw usageError(`${file} is not the file that its manifest describes, so signing it would vouch for another one.`);
  }
  if (foundIn === "sidecar" && sidecarPath !== undefined && outputOf(call).output === undefined) {
    return writeManifest(sidecarPath, await signed(manifest), call);
  }
  return (await embedManifest(file, await signed(manifest), { ...outputOf(call), ...signalOf(call) })).path;
}

async function writeManifest(path: string, manifest: Manifest, call: CommandCall): Promise<string> {
  await writeWholeFile(path, manifest.toCanonicalJson(), signalOf(call));
  return path;
}
