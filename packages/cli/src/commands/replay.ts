import { createRuntime, GenblazeError, type RunResult } from "@genblaze/core";
import { readOpening } from "@genblaze/core/proof";
import { type Replay, replay as replayRun } from "@genblaze/core/replay";
import { formatTimeline, watchRun } from "@genblaze/core/report";
import { folder, objectStorageSink } from "@genblaze/core/storage";
import { guardedDownload } from "@genblaze/core/verify";
import { mediaWriter } from "@genblaze/media";
import { type Command, type CommandCall, signalOf } from "../command.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { loadManifest } from "../load-manifest.js";
import { loadProviders } from "../load-providers.js";
import { assertOpeningPath, keepOpening } from "../opening-path.js";
import { print, usageError } from "../output.js";
import { parseOverrides } from "../parse-overrides.js";
import { readKeyBytes } from "../read-key-bytes.js";
import { trySave } from "../try-save.js";

/** `genblaze replay FILE --providers MODULE`: a dry run, and with `--run` the run. */
export const replay: Command = {
  name: "replay",
  usage:
    "replay FILE --providers MODULE [--set STEP.FIELD=VALUE] [--opening OPENING.json] [--decrypt KEY] [--run [--save PATH] [--store FOLDER] [--opening-output FILE]] [--json]",
  summary: "Rebuild the run behind a file or manifest, show what it would send, and with --run send it.",
  options: {
    providers: { type: "string", short: "p" },
    set: { type: "string", multiple: true },
    opening: { type: "string" },
    decrypt: { type: "string" },
    "allow-changed": { type: "boolean" },
    "allow-loopback": { type: "boolean" },
    "allow-folder": { type: "string" },
    run: { type: "boolean" },
    save: { type: "string", short: "s" },
    store: { type: "string" },
    "opening-output": { type: "string" },
    json: { type: "boolean" },
  },
  optionHelp: {
    providers: "module that exports the providers of the run",
    set: "do otherwise: provider, model, prompt, params.NAME of a step; may be given several times",
    opening: "the opening that the run wrote, for its private steps",
    decrypt: "file with the 32 bytes of the key of encrypted steps, raw or as 64 hex digits",
    "allow-changed": "replay a manifest whose hash is wrong",
    "allow-loopback": "inputs may be fetched from servers on this machine, by http too",
    "allow-folder": "inputs may be read from this folder; else only temporary files",
    run: "really run; without it nothing is sent",
    save: "with --run: write the last output there, with its manifest",
    store: "with --run: write all outputs and the manifest into this folder",
    "opening-output": "with --run: write there what opens the new commitments; needed when there are some",
    json: "print the result as JSON; progress goes to stderr",
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const prepared = await prepare(call);
    if (call.values.run === true) return execute(call, prepared);
    const lines = [prepared.describe(), "", "Nothing was sent. Add --run to run it."];
    print(call, { dryRun: true, ...factsOf(prepared) }, lines);
    return exitCodes.ok;
  },
};

async function prepare(call: CommandCall): Promise<Replay> {
  const [file = ""] = call.positionals;
  const { providers, opening, decrypt, "allow-folder": allowFolder, ...values } = call.values;
  if (typeof providers !== "string") throw usageError("genblaze replay needs --providers MODULE.");
  const withRun = ["save", "store", "opening-output"].find((name) => values[name] !== undefined);
  if (withRun !== undefined && values.run !== true) throw usageError(`--${withRun} needs --run.`);
  const set: unknown = values.set;
  return replayRun(await loadManifest(file, call), await loadProviders(providers), {
    overrides: parseOverrides(Array.isArray(set) ? set : []),
    allowChanged: values["allow-changed"] === true,
    fetchInput: downloadOf(values["allow-loopback"] === true, allowFolder),
    runtime: createRuntime({ media: mediaWriter }),
    ...(typeof opening === "string" ? { opening: await readOpening(opening) } : {}),
    ...(typeof decrypt === "string" ? { encryptionKey: await readKeyBytes(decrypt) } : {}),
  });
}

/** The default, where nothing else was asked for. */
function downloadOf(allowLoopback: boolean, allowFolder: unknown) {
  if (!allowLoopback && typeof allowFolder !== "string") return undefined;
  return guardedDownload({ allowLoopback, ...(typeof allowFolder === "string" ? { fileRoots: [allowFolder] } : {}) });
}

async function execute(call: CommandCall, prepared: Replay): Promise<ExitCode> {
  const { store, save, "opening-output": openingOutput } = call.values;
  await assertOpeningPath(prepared.pipeline.definition, openingOutput, "--opening-output");
  const job = prepared.start({
    throwOnFailure: false,
    ...signalOf(call),
    ...(typeof store === "string" ? { sink: objectStorageSink(folder(store), { layout: "by-run" }) } : {}),
  });
  await watchRun(job, call.values.json === true ? call.terminal.stderr : call.terminal.stdout);
  const result = await job.result;
  const lost = await keepOpening(result, openingOutput);
  const saved = typeof save === "string" && result.error === undefined ? await trySave(result, save, call) : undefined;
  const error = result.error ?? lost ?? (GenblazeError.isInstance(saved) ? saved : undefined);
  const savedPath = GenblazeError.isInstance(saved) ? undefined : saved?.path;
  print(call, { dryRun: false, ...factsOf(prepared), ...resultOf(result, savedPath, error) }, [
    "",
    formatTimeline(result),
    "",
    `run ${result.runId}: ${result.status}, replay of run ${prepared.runId}`,
    `manifest hash ${result.manifest.canonicalHash}`,
    ...(savedPath === undefined ? [] : [`saved ${savedPath}`]),
    ...(result.stored === undefined ? [] : [`stored ${result.stored.manifestUrl}`]),
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
  ]);
  return error === undefined ? exitCodes.ok : exitCodes.failed;
}

function factsOf({ runId, pipeline, changes, notReplayed }: Replay): object {
  const steps = pipeline.definition.steps.map(({ key, provider, model }) => ({
    name: key,
    provider: provider.name,
    model,
    modality: provider.yields,
  }));
  return { replayOf: runId, steps, changes, notReplayed };
}

function resultOf(result: RunResult, saved: string | undefined, error: GenblazeError | undefined): object {
  const { runId, status, elapsedMs, manifest, stored } = result;
  return {
    runId,
    status,
    elapsedMs,
    manifestHash: manifest.canonicalHash,
    results: result.steps.map(({ name, state, assets }) => ({ name, state, assets })),
    ...(saved === undefined ? {} : { saved }),
    ...(stored === undefined ? {} : { manifestUrl: stored.manifestUrl }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
