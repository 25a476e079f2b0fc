import {
  folder,
  GenblazeError,
  objectStorageSink,
  type RunResult,
  readSigningKey,
  type SavedMedia,
} from "@genblaze/core";
import { formatTimeline, watchRun } from "@genblaze/core/report";
import { type Command, type CommandCall, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { loadPipeline } from "../load-pipeline.js";
import { assertOpeningPath, keepOpening } from "../opening-path.js";
import { print, usageError } from "../output.js";
import { readKeyBytes } from "../read-key-bytes.js";
import { trySave } from "../try-save.js";

/** `genblaze run FILE` or `genblaze run --module FILE#EXPORT`. */
export const run: Command = {
  name: "run",
  usage:
    "run FILE | --module FILE#EXPORT [--input JSON] [--save PATH] [--store FOLDER] [--sign KEY.json] [--opening FILE] [--encrypt KEY] [--json]",
  summary: "Run the pipeline that a module exports.",
  options: {
    module: { type: "string", short: "m" },
    input: { type: "string", short: "i" },
    save: { type: "string", short: "s" },
    store: { type: "string" },
    sign: { type: "string" },
    opening: { type: "string" },
    encrypt: { type: "string" },
    json: { type: "boolean" },
  },
  optionHelp: {
    module: "file and name of the export; without a name `default`, then `pipeline`",
    input: "the run's input as JSON",
    save: "write the last output there, with its manifest",
    store: "write all outputs and the manifest into this folder",
    sign: "sign the manifest with this private key",
    opening: "write there what opens the commitments of private steps; needed when there are some",
    encrypt: "file with the 32 bytes of the key for encrypted steps, raw or as 64 hex digits",
    json: "print the result as JSON; progress goes to stderr",
  },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const pipeline = await loadPipeline(moduleOf(call));
    const { store, sign, encrypt, opening } = call.values;
    await assertOpeningPath(pipeline.definition, opening, "--opening");
    const job = pipeline.start({
      input: parseInput(call.values.input),
      throwOnFailure: false,
      ...signalOf(call),
      ...(typeof store === "string" ? { sink: objectStorageSink(folder(store), { layout: "by-run" }) } : {}),
      ...(typeof sign === "string" ? { signingKey: await readSigningKey(sign) } : {}),
      ...(typeof encrypt === "string" ? { privacy: { encryptionKey: await readKeyBytes(encrypt) } } : {}),
    });
    await watchRun(job, call.values.json === true ? call.terminal.stderr : call.terminal.stdout);
    const result = await job.result;
    const lost = await keepOpening(result, opening);
    const { save } = call.values;
    const saved =
      typeof save === "string" && result.error === undefined ? await trySave(result, save, call) : undefined;
    const failure = lost ?? (GenblazeError.isInstance(saved) ? saved : undefined);
    print(call, toJson(result, saved, failure), [
      ...describe(result, call, saved),
      ...(lost === undefined ? [] : [describeError(lost)]),
    ]);
    return result.error === undefined && failure === undefined ? exitCodes.ok : exitCodes.failed;
  },
};

function moduleOf({ positionals, values }: CommandCall): string {
  const [file] = positionals;
  if ((file === undefined) === (values.module === undefined)) {
    throw usageError("genblaze run takes one module: `run FILE` or `run --module FILE#EXPORT`.");
  }
  return file ?? String(values.module);
}

function parseInput(input: string | boolean | undefined): unknown {
  if (typeof input !== "string") return undefined;
  try {
    return JSON.parse(input);
  } catch {
    throw usageError(`--input must be JSON, like '{"sentence":"a boat"}'.`);
  }
}

type Saved = SavedMedia | GenblazeError | undefined;

function describe(result: RunResult, call: CommandCall, saved: Saved): readonly string[] {
  const columns = call.terminal.stdout.columns;
  const timeline = formatTimeline(result, columns === undefined || columns <= 0 ? {} : { columns });
  return [
    "",
    timeline,
    "",
    `run ${result.runId}: ${result.status}`,
    `manifest hash ${result.manifest.canonicalHash}`,
    ...(saved === undefined ? [] : [GenblazeError.isInstance(saved) ? describeError(saved) : `saved ${saved.path}`]),
    ...(result.stored === undefined ? [] : [`stored ${result.stored.manifestUrl}`]),
    ...(result.error === undefined ? [] : [describeError(result.error)]),
  ];
}

function describeError({ code, message }: GenblazeError): string {
  return `${code}: ${message}`;
}

function toJson(result: RunResult, saved: Saved, failure: GenblazeError | undefined): object {
  const { runId, status, elapsedMs, manifest, stored } = result;
  const error = result.error ?? failure;
  return {
    runId,
    status,
    elapsedMs,
    manifestHash: manifest.canonicalHash,
    steps: result.steps.map(({ name, state, assets }) => ({ name, state, assets })),
    ...(saved === undefined || GenblazeError.isInstance(saved) ? {} : { saved: saved.path }),
    ...(stored === undefined ? {} : { manifestUrl: stored.manifestUrl }),
    ...(error === undefined ? {} : { error: toErrorJson(error) }),
  };
}

function toErrorJson({ code, message }: GenblazeError): object {
  return { code, message };
}
