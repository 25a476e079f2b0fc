import { GenblazeError, type RunResult, type SavedMedia } from "@genblaze/core";
import { readSigningKey } from "@genblaze/core/proof";
import { formatTimeline, watchRun } from "@genblaze/core/report";
import { folder, objectStorageSink } from "@genblaze/core/storage";
import { type Command, type CommandCall, screenOf, signalOf } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { loadPipeline } from "../load-pipeline.js";
import { moduleOf } from "../module-of.js";
import { describeWaiting, nextCall, type RestingRun } from "../next-call.js";
import { openQuestions } from "../open-questions.js";
import { assertOpeningPath, keepOpening } from "../opening-path.js";
import { print } from "../output.js";
import { parseJson } from "../parse-json.js";
import { readKeyBytes } from "../read-key-bytes.js";
import { restingRun } from "../resting-run.js";
import { trySave } from "../try-save.js";
import { reportWriter } from "../write-report.js";

/** `genblaze run FILE` or `genblaze run --module FILE#EXPORT`. */
export const run: Command = {
  name: "run",
  usage:
    "run FILE | --module FILE#EXPORT [--input JSON] [--save PATH] [--store FOLDER] [--cache FOLDER] [--answers JSON] [--report FILE] [--sign KEY.json] [--opening FILE] [--encrypt KEY] [--json]",
  summary: "Run the pipeline that a module exports.",
  options: {
    module: { type: "string", short: "m" },
    input: { type: "string", short: "i" },
    save: { type: "string", short: "s" },
    store: { type: "string" },
    cache: { type: "string" },
    answers: { type: "string" },
    report: { type: "string" },
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
    cache: "take steps that were paid for before from this folder, and keep there what is paid for now",
    answers: 'answers for steps that wait for one, as JSON: \'{"chosen": {"approved": true}}\'',
    report: "write there where time and money went: .html, .svg, .json or .txt",
    sign: "sign the manifest with this private key",
    opening: "write there what opens the commitments of private steps; needed when there are some",
    encrypt: "file with the 32 bytes of the key for encrypted steps, raw or as 64 hex digits",
    json: "print the result as JSON; progress goes to stderr",
  },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const pipeline = await loadPipeline(moduleOf(call, "run"));
    const { store, sign, encrypt, opening, report } = call.values;
    const writeReport = typeof report === "string" ? reportWriter(report) : undefined;
    await assertOpeningPath(pipeline.definition, opening, "--opening");
    const waiting = openQuestions(pipeline, call);
    const job = pipeline.start({
      input: parseJson("input", call.values.input),
      answers: waiting.answers,
      ...waiting.options,
      throwOnFailure: false,
      ...signalOf(call),
      ...(typeof store === "string" ? { sink: objectStorageSink(folder(store), { layout: "by-run" }) } : {}),
      ...(typeof sign === "string" ? { signingKey: await readSigningKey(sign) } : {}),
      ...(typeof encrypt === "string" ? { privacy: { encryptionKey: await readKeyBytes(encrypt) } } : {}),
    });
    job.on("step.waiting", ({ step, question }) => waiting.questions.set(step, question));
    await watchRun(job, screenOf(call), { isAsking: waiting.isAsking }).finally(waiting.close);
    const result = await job.result;
    const lost = await keepOpening(result, opening);
    await writeReport?.(await result.report());
    const { save } = call.values;
    const isWhole = result.status === "completed" && result.error === undefined;
    const saved = typeof save === "string" && isWhole ? await trySave(result, save, call) : undefined;
    const failure = lost ?? (GenblazeError.isInstance(saved) ? saved : undefined);
    const resting = await restingRun(result, waiting, opening);
    print(call, toJson(result, call, saved, failure, resting), [
      ...describe(result, call, saved, resting),
      ...(lost === undefined ? [] : [describeError(lost)]),
    ]);
    return isWhole && failure === undefined ? exitCodes.ok : exitCodes.failed;
  },
};

type Saved = SavedMedia | GenblazeError | undefined;

function describe(result: RunResult, call: CommandCall, saved: Saved, resting: RestingRun): readonly string[] {
  const columns = call.terminal.stdout.columns;
  const timeline = formatTimeline(result, columns === undefined || columns <= 0 ? {} : { columns });
  return [
    "",
    timeline,
    "",
    `run ${result.runId}: ${result.status}`,
    ...describeWaiting(call, resting),
    `manifest hash ${result.manifest.canonicalHash}`,
    ...describeSaved(result, call, saved),
    ...(result.stored === undefined ? [] : [`stored ${result.stored.manifestUrl}`]),
    ...(result.error === undefined ? [] : [describeError(result.error)]),
  ];
}

function describeSaved({ status }: RunResult, { values }: CommandCall, saved: Saved): readonly string[] {
  if (GenblazeError.isInstance(saved)) return [describeError(saved)];
  if (saved !== undefined) {
    const { path, sidecarPath, reason = "" } = saved;
    return [`saved ${path}`, ...(sidecarPath === undefined ? [] : [`its manifest is in ${sidecarPath}: ${reason}`])];
  }
  return values.save !== undefined && status === "waiting" ? ["not saved: the run waits"] : [];
}

function describeError({ code, message }: GenblazeError): string {
  return `${code}: ${message}`;
}

function toJson(
  result: RunResult,
  call: CommandCall,
  saved: Saved,
  failure: GenblazeError | undefined,
  resting: RestingRun,
): object {
  const { runId, status, elapsedMs, manifest, stored } = result;
  const error = result.error ?? failure;
  return {
    runId,
    status,
    elapsedMs,
    manifestHash: manifest.canonicalHash,
    steps: result.steps.map(({ name, state, assets }) => ({ name, state, assets })),
    ...(result.waiting.length === 0
      ? {}
      : { waiting: result.waiting, choices: resting.choices, next: nextCall(call, resting) }),
    ...(saved === undefined || GenblazeError.isInstance(saved) ? {} : { saved: saved.path }),
    ...(stored === undefined ? {} : { manifestUrl: stored.manifestUrl }),
    ...(error === undefined ? {} : { error: toErrorJson(error) }),
  };
}

function toErrorJson({ code, message }: GenblazeError): object {
  return { code, message };
}
