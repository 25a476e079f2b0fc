import { type AnyPipeline, GenblazeError, type RunHandle, type RunOptions } from "@genblaze/core";
import { readSigningKey } from "@genblaze/core/proof";
import { watchRun } from "@genblaze/core/report";
import { folder, objectStorageSink } from "@genblaze/core/storage";
import { type CommandCall, screenOf, signalOf } from "./command.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { OpenedJournal } from "./journal-of.js";
import { goingOn } from "./next-call.js";
import { openQuestions } from "./open-questions.js";
import { assertOpeningPath, keepOpening } from "./opening-path.js";
import { print } from "./output.js";
import { parseUsd } from "./parse-number.js";
import { readKeyBytes } from "./read-key-bytes.js";
import { restingRun } from "./resting-run.js";
import { type Shown, showResult, toJson } from "./show-result.js";
import { trySave } from "./try-save.js";
import { reportWriter } from "./write-report.js";

/** How a run is begun or gone on with. */
export interface CarryOutParts {
  /** As the next call names it. */
  readonly module: string;
  readonly pipeline: AnyPipeline;
  /** Where it is written down. */
  readonly kept: OpenedJournal | undefined;
  readonly start: (options: RunOptions) => RunHandle;
}

const CANCELLING = "Cancelling: jobs under way are called back at their providers. Ctrl-C again ends at once.";

/** Runs a pipeline as the options of a call say, shows how it goes on and what it gave. */
export async function carryOut(call: CommandCall, parts: CarryOutParts): Promise<ExitCode> {
  const { pipeline, kept, start } = parts;
  const { opening, report, save } = call.values;
  const writeReport = typeof report === "string" ? reportWriter(report) : undefined;
  await assertOpeningPath(pipeline.definition, opening, "--opening");
  const waiting = openQuestions(pipeline, call, kept?.journal);
  const options = await optionsOf(call);
  const job = start({ answers: waiting.answers, ...waiting.options, ...options });
  job.on("step.waiting", ({ step, question }) => waiting.questions.set(step, question));
  const unwatch = tellOfCancelling(call, parts, job.runId);
  const notice = () => (call.terminal.signal?.aborted === true ? CANCELLING : undefined);
  await watchRun(job, screenOf(call), { isAsking: waiting.isAsking, notice }).finally(waiting.close);
  const result = await job.result.finally(unwatch);
  const lost = await keepOpening(result, opening);
  await writeReport?.(await result.report());
  const isWhole = result.status === "completed" && result.error === undefined;
  const saved = typeof save === "string" && isWhole ? await trySave(result, save, call) : undefined;
  const failure = lost ?? (GenblazeError.isInstance(saved) ? saved : undefined);
  const resting = await restingRun(result, waiting, opening);
  const next = result.status === "completed" ? undefined : await goingOn(call, parts, result, resting);
  const shown: Shown = { result, saved, failure, lost, resting, next, folder: kept?.folder };
  print(call, toJson(shown), showResult(call, shown));
  return isWhole && failure === undefined ? exitCodes.ok : exitCodes.failed;
}

async function optionsOf(call: CommandCall): Promise<RunOptions> {
  const { store, sign, encrypt, "owner-key": ownerKey } = call.values;
  const budgetUsd = parseUsd("budget", call.values.budget);
  const keys = {
    ...(typeof encrypt === "string" ? { encryptionKey: await readKeyBytes(encrypt) } : {}),
    ...(typeof ownerKey === "string" ? { ownerKey: await readKeyBytes(ownerKey) } : {}),
  };
  return {
    throwOnFailure: false,
    ...signalOf(call),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(typeof store === "string" ? { sink: objectStorageSink(folder(store), { layout: "by-run" }) } : {}),
    ...(typeof sign === "string" ? { signingKey: await readSigningKey(sign) } : {}),
    ...(Object.keys(keys).length === 0 ? {} : { privacy: keys }),
  };
}

/** Says what the first Ctrl-C does, and what is left to say at a second one; gives what takes that back. */
function tellOfCancelling(call: CommandCall, { kept }: CarryOutParts, runId: string): () => void {
  const { signal, onLastWords } = call.terminal;
  const screen = screenOf(call);
  const place = kept === undefined ? "" : ` --journal ${kept.folder}`;
  onLastWords?.(
    kept === undefined
      ? "Ended at once. The run was kept in no journal (--journal FOLDER), so it cannot be gone on with."
      : `Ended at once. What is done is in the journal, and jobs may go on at their providers: \`genblaze runs show ${runId}${place}\` tells, \`genblaze runs resume ${runId}${place} --module FILE#EXPORT\` goes on.`,
  );
  // On a terminal the display says it itself.
  const tell = () => {
    if (screen.isTTY !== true) screen.write(`${CANCELLING}\n`);
  };
  signal?.addEventListener("abort", tell, { once: true });
  return () => {
    signal?.removeEventListener("abort", tell);
    onLastWords?.("");
  };
}
