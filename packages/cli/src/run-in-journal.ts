import { GenblazeError } from "@genblaze/core";
import { type KnownRun, type RunOverview, summarizeRun } from "@genblaze/core/journal";
import { findRun } from "./find-run.js";
import type { OpenedJournal } from "./journal-of.js";

/** How a run of a journal stands. */
export const runStatuses = [
  "running",
  "interrupted",
  "waiting",
  "completed",
  "failed",
  "cancelled",
  "damaged",
] as const;

export type RunStatusWord = (typeof runStatuses)[number];

/** A run of a journal; `problem` says why it cannot be read. */
export type RunInJournal = KnownRun &
  (
    | { readonly status: Exclude<RunStatusWord, "damaged">; readonly overview: RunOverview }
    | { readonly status: "damaged"; readonly problem: GenblazeError }
  );

/** Reads one run that is known; what cannot be read is said, and is no error. */
export async function readRun({ journal }: OpenedJournal, known: KnownRun): Promise<RunInJournal> {
  if (known.problem !== undefined) return { ...known, status: "damaged", problem: known.problem };
  try {
    const overview = await summarizeRun(journal.read(known.runId));
    if (overview !== undefined) return { ...known, status: statusOf(known, overview), overview };
    const message = `Run ${known.runId} has no entry any more.`;
    return { ...known, status: "damaged", problem: new GenblazeError("RUN_NOT_FOUND", message) };
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    return { ...known, status: "damaged", problem: error };
  }
}

/** The run of the words of a call. RUN_NOT_FOUND; INVALID_OPTION; JOURNAL_FAILED when it cannot be read. */
export async function runOf(
  opened: OpenedJournal,
  words: string,
): Promise<Exclude<RunInJournal, { status: "damaged" }>> {
  const runId = await findRun(opened, words);
  for await (const known of opened.journal.list()) {
    if (known.runId !== runId) continue;
    const run = await readRun(opened, known);
    if (run.status === "damaged") throw run.problem;
    return run;
  }
  throw new GenblazeError("RUN_NOT_FOUND", `Run ${runId} was removed meanwhile.`, { details: { runId } });
}

/** Whoever has claimed it runs it; what has neither a claim nor an end was interrupted. */
function statusOf({ isClaimed }: KnownRun, { ended }: RunOverview): Exclude<RunStatusWord, "damaged"> {
  if (isClaimed) return "running";
  // Manifests know further words, which no run ends with.
  if (ended === "completed" || ended === "failed" || ended === "cancelled" || ended === "waiting") return ended;
  return "interrupted";
}
