import type { Manifest } from "@genblaze/core";
import { readKeySet } from "@genblaze/core/proof";
import { guardedDownload, verifyManifest } from "@genblaze/core/verify";
import { type FileVerification, verifyFile } from "@genblaze/media";
import { type Command, type CommandCall, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { isManifestFile, loadManifest } from "../load-manifest.js";
import { print, usageError } from "../output.js";
import { showText } from "../show-text.js";

/** The answers of both ways to verify; those of the other way are absent. */
interface Report {
  readonly ok: boolean;
  readonly manifest: Manifest;
  readonly place: string;
  readonly checks: Readonly<Record<string, Check>>;
  readonly details: object;
}

interface Check {
  readonly verdict: string;
  readonly reason?: string;
}

/** `genblaze verify FILE`: each question answered apart. */
export const verify: Command = {
  name: "verify",
  usage: "verify FILE [--key KEYS.json] [--fetch [--allow-loopback] [--allow-folder DIR]] [--json]",
  summary: "Check a file against the manifest inside it or beside it, or a manifest by itself.",
  options: {
    key: { type: "string", short: "k" },
    fetch: { type: "boolean" },
    "allow-loopback": { type: "boolean" },
    "allow-folder": { type: "string" },
    json: { type: "boolean" },
  },
  optionHelp: {
    key: "a JWK or a JWK set: the manifest must be signed by one of these keys",
    fetch: "also fetch every output from where it is stored, and hash it",
    "allow-loopback": "with --fetch: servers on this machine may be asked, by http too",
    "allow-folder": "with --fetch: files in this folder may be read; else only temporary ones",
    json: "print the whole report as JSON",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const [file = ""] = call.positionals;
    const keys = typeof call.values.key === "string" ? await readKeySet(call.values.key) : undefined;
    const report = isManifestFile(file) ? await ofManifest(file, call, keys) : await ofMedia(file, call, keys);
    const { manifest, checks, details, ok } = report;
    const facts = { file, ok, runId: manifest.run.runId, canonicalHash: manifest.canonicalHash };
    print(call, { ...facts, ...details, ...checks }, describe(file, report));
    return ok ? exitCodes.ok : exitCodes.failed;
  },
};

type Keys = Awaited<ReturnType<typeof readKeySet>> | undefined;

async function ofManifest(file: string, call: CommandCall, keys: Keys): Promise<Report> {
  const manifest = await loadManifest(file, call);
  const { ok, bytes, ...checks } = await verifyManifest(manifest, { keys, fetch: fetchOf(call), ...signalOf(call) });
  return { ok, manifest, place: "this file", checks: { ...checks, outputs: bytes }, details: {} };
}

async function ofMedia(file: string, call: CommandCall, keys: Keys): Promise<Report> {
  const found = await verifyFile(file, { ...(keys === undefined ? {} : { keys }), ...signalOf(call) });
  const { ok, manifest, manifestHash, coverage, bytes, signature, foundIn, sidecarPath } = found;
  const fetch = fetchOf(call);
  const stored = fetch === false ? undefined : await verifyManifest(manifest, { fetch, ...signalOf(call) });
  return {
    ok: ok && (stored?.ok ?? true),
    manifest,
    place: foundIn === "embedded" ? "inside the file" : `in ${showText(String(sidecarPath), MAX_PATH)}`,
    checks: { manifestHash, coverage, bytes, signature, ...(stored === undefined ? {} : { outputs: stored.bytes }) },
    details: { foundIn, ...(sidecarPath === undefined ? {} : { sidecarPath }) },
  };
}

function fetchOf({ values }: CommandCall) {
  if (values.fetch !== true) {
    const lone = ["allow-loopback", "allow-folder"].find((name) => values[name] !== undefined);
    if (lone !== undefined) throw usageError(`--${lone} needs --fetch.`);
    return false;
  }
  const folder = values["allow-folder"];
  return guardedDownload({
    allowLoopback: values["allow-loopback"] === true,
    ...(typeof folder === "string" ? { fileRoots: [folder] } : {}),
  });
}

/** Whole paths are shown; those of Linux end here. */
const MAX_PATH = 4096;

const LABELS: Readonly<Record<string, string>> = {
  manifestHash: "manifest hash",
  coverage: "coverage",
  bytes: "these bytes",
  signature: "signature",
  outputs: "stored outputs",
};

function describe(file: string, { ok, manifest, place, checks }: Report): readonly string[] {
  const rows = Object.entries(checks).map(([name, check]) => {
    const reason = check.reason === undefined ? "" : `: ${showText(check.reason)}`;
    return `  ${(LABELS[name] ?? name).padEnd(14)} ${check.verdict}${whoOf(check)}${reason}`;
  });
  const { run } = manifest;
  return [
    `${showText(file, MAX_PATH)}: ${ok ? "verified" : "NOT verified"}`,
    `  manifest       ${place}, run ${showText(run.runId)}, ${run.steps.length} ${run.steps.length === 1 ? "step" : "steps"}`,
    ...rows,
  ];
}

/** Which asset the bytes are, or which key signed when. */
function whoOf(check: Check | FileVerification["bytes"] | FileVerification["signature"]): string {
  if ("asset" in check && check.asset !== undefined) return ` (asset ${showText(check.asset.assetId)})`;
  if ("keyId" in check && check.keyId !== undefined) return ` (key ${showText(check.keyId)}, ${check.signedAt})`;
  return "";
}
