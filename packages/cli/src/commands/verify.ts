import { type FileVerification, verifyFile } from "@genblaze/media";
import { type Command, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { print } from "../output.js";

/** `genblaze verify FILE`: the three questions, each answered apart. */
export const verify: Command = {
  name: "verify",
  usage: "verify FILE [--json]",
  summary: "Check a file against the manifest inside it or beside it.",
  options: { json: { type: "boolean" } },
  optionHelp: { json: "print the whole report as JSON" },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const report = await verifyFile(file, signalOf(call));
    print(call, toJson(file, report), describe(file, report));
    return report.ok ? exitCodes.ok : exitCodes.failed;
  },
};

function describe(file: string, report: FileVerification): readonly string[] {
  const { manifestHash, coverage, bytes, manifest } = report;
  const place = report.foundIn === "embedded" ? "inside the file" : `in ${report.sidecarPath}`;
  const asset = bytes.asset === undefined ? "" : ` (asset ${bytes.asset.assetId})`;
  const row = (name: string, check: { readonly verdict: string; readonly reason?: string }, more = "") =>
    `  ${name.padEnd(14)} ${check.verdict}${more}${check.reason === undefined ? "" : `: ${check.reason}`}`;
  return [
    `${file}: ${report.ok ? "verified" : "NOT verified"}`,
    `  manifest       ${place}, run ${manifest.run.runId}, ${manifest.run.steps.length} steps`,
    row("manifest hash", manifestHash),
    row("coverage", coverage),
    row("these bytes", bytes, asset),
  ];
}

function toJson(file: string, report: FileVerification): object {
  const { manifest, ...checks } = report;
  return { file, runId: manifest.run.runId, canonicalHash: manifest.canonicalHash, ...checks };
}
