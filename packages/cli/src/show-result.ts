import { GenblazeError, type RunResult, type SavedMedia } from "@genblaze/core";
import { formatTimeline } from "@genblaze/core/report";
import type { CommandCall } from "./command.js";
import type { GoingOn, RestingRun } from "./next-call.js";

/** What is shown of a run that has ended. */
export interface Shown {
  readonly result: RunResult;
  readonly saved: SavedMedia | GenblazeError | undefined;
  /** What went wrong after the run. */
  readonly failure: GenblazeError | undefined;
  /** Why its opening could not be written. */
  readonly lost: GenblazeError | undefined;
  readonly resting: RestingRun;
  /** How to go on; undefined for a run that completed, or that nothing is kept of. */
  readonly next: GoingOn | undefined;
  /** Of the journal that has it. */
  readonly folder: string | undefined;
}

/** Lines for people: the timeline, how it ended, how to go on, what is where. */
export function showResult(call: CommandCall, shown: Shown): readonly string[] {
  const { result, next, folder, lost } = shown;
  const columns = call.terminal.stdout.columns;
  const timeline = formatTimeline(result, columns === undefined || columns <= 0 ? {} : { columns });
  return [
    "",
    timeline,
    "",
    `run ${result.runId}: ${result.status}`,
    ...(next?.lines ?? []),
    `manifest hash ${result.manifest.canonicalHash}`,
    ...describeSaved(call, shown),
    ...(result.stored === undefined ? [] : [`stored ${result.stored.manifestUrl}`]),
    ...(folder === undefined ? [] : [`kept in the journal ${folder}`]),
    ...(result.error === undefined ? [] : [describeError(result.error)]),
    ...(lost === undefined ? [] : [describeError(lost)]),
  ];
}

function describeSaved({ values }: CommandCall, { result, saved }: Shown): readonly string[] {
  if (GenblazeError.isInstance(saved)) return [describeError(saved)];
  if (saved !== undefined) {
    const { path, sidecarPath, reason = "" } = saved;
    return [`saved ${path}`, ...(sidecarPath === undefined ? [] : [`its manifest is in ${sidecarPath}: ${reason}`])];
  }
  return values.save !== undefined && result.status === "waiting" ? ["not saved: the run waits"] : [];
}

function describeError({ code, message }: GenblazeError): string {
  return `${code}: ${message}`;
}

/** The document of `--json`. */
export function toJson({ result, saved, failure, resting, next, folder }: Shown): object {
  const { runId, status, elapsedMs, manifest, stored } = result;
  const error = result.error ?? failure;
  return {
    runId,
    status,
    elapsedMs,
    manifestHash: manifest.canonicalHash,
    steps: result.steps.map(({ name, state, assets }) => ({ name, state, assets })),
    ...(result.waiting.length === 0 ? {} : { waiting: result.waiting, choices: resting.choices }),
    ...(next === undefined ? {} : { next: next.call }),
    ...(folder === undefined ? {} : { journal: folder }),
    ...(saved === undefined || GenblazeError.isInstance(saved) ? {} : { saved: saved.path }),
    ...(stored === undefined ? {} : { manifestUrl: stored.manifestUrl }),
    ...(error === undefined ? {} : { error: toErrorJson(error) }),
  };
}

function toErrorJson({ code, message }: GenblazeError): object {
  return { code, message };
}
