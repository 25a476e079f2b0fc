import { writeSync } from "node:fs";
import { errorFromUnknown, GenblazeError, type RunResult } from "../../src/index.js";
import type { Journal } from "../../src/journal/journal.js";
import { pipeline } from "./crash-graph.js";
import type { ChildEnd, ChildLine } from "./crash-notes.js";
import { crashingJournal, parseCrashPoint } from "./crashing-journal.js";

/** What a child needs that its bundle decides. */
export interface CrashChildParts {
  readonly openJournal: (folder: string) => Journal;
  /** The options of a run that is begun, continued or given from the journal, whichever it needs. */
  readonly toOptions: (journal: Journal, runId: string) => object;
}

/**
 * One process of a crash test: begins, continues or finishes the run that its arguments name, and prints how that ended.
 * Arguments: folder of the journal, run id, address of the vendor, its kind.
 */
export async function runCrashChild({ openJournal, toOptions }: CrashChildParts): Promise<void> {
  const [folder = "", runId = "", baseUrl = "", kind = ""] = process.argv.slice(2);
  if (kind !== "idempotent" && kind !== "listing" && kind !== "plain") throw new Error(`no such kind: ${kind}`);
  const journal = crashingJournal(openJournal(folder), {
    crashAt: parseCrashPoint(process.env.GENBLAZE_CRASH_AT),
    die: () => process.kill(process.pid, "SIGKILL"),
    onNote: print,
  });
  print({ begun: true });
  const result = await pipeline(baseUrl, kind)
    .run({ ...toOptions(journal, runId), throwOnFailure: false })
    .catch((thrown: unknown) => errorFromUnknown(thrown, "The run"));
  print(
    GenblazeError.isInstance(result) ? stopped(result, result.result, journal.kept()) : endOf(result, journal.kept()),
  );
}

type EndedRun = Pick<RunResult, "run" | "manifest" | "status" | "steps" | "error">;

function endOf(result: EndedRun, appends: number): ChildEnd {
  if (result.error !== undefined || result.status !== "completed") return stopped(result.error, result, appends);
  return { done: result.manifest.canonicalHash, outputs: outputsOf(result), appends };
}

function stopped(error: GenblazeError | undefined, result: EndedRun | undefined, appends: number): ChildEnd {
  const failed = result?.steps.find((step) => step.state === "failed");
  const { code = "none" } = failed?.error ?? error ?? {};
  return { stopped: code, step: failed?.name ?? "", outputs: outputsOf(result), appends };
}

function outputsOf(result: EndedRun | undefined): string[] {
  const assets = result?.run.steps.flatMap((step) => step.assets) ?? [];
  return assets.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
}

/** At once: what waits in a buffer dies with the process. */
function print(line: ChildLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
