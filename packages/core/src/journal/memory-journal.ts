import type { Journal, JournalEntry } from "./journal.js";
import { runBusy } from "./run-busy.js";

/** A journal that lives as long as the process. */
export function memoryJournal(): Journal {
  const runs = new Map<string, JournalEntry[]>();
  const claimed = new Map<string, number>();
  let token = 0;
  return {
    async claim(runId) {
      if (claimed.has(runId)) throw runBusy(runId, "this process runs it");
      token += 1;
      const own = token;
      claimed.set(runId, own);
      return {
        token: own,
        spool: undefined,
        async release() {
          if (claimed.get(runId) === own) claimed.delete(runId);
        },
      };
    },
    append(entry) {
      const entries = runs.get(entry.runId);
      if (entries === undefined) runs.set(entry.runId, [entry]);
      else entries.push(entry);
      return undefined;
    },
    async *read(runId) {
      // What could not be written at once may come later than what came after it, and twice.
      const sorted = (runs.get(runId) ?? []).toSorted((left, right) => left.sequence - right.sequence);
      yield* sorted.filter(({ sequence }, index) => sequence !== sorted[index - 1]?.sequence);
    },
    async *list() {
      for (const [runId, entries] of runs) {
        yield { runId, isClaimed: claimed.has(runId), changedAt: entries.at(-1)?.at ?? 0 };
      }
    },
    async remove(runId) {
      if (claimed.has(runId)) throw runBusy(runId, "this process runs it");
      runs.delete(runId);
    },
  };
}
