import type { Journal } from "../../src/journal/journal.js";
import { type EntryNote, noteOf } from "./crash-notes.js";

/** When a process is to die: right before the n-th append is handed on, or right after it has happened. From 1. */
export interface CrashPoint {
  readonly append: number;
  readonly when: "before" | "after";
}

export interface CrashingOptions {
  /** @default it lives */
  readonly crashAt: CrashPoint | undefined;
  /** Ends the process at once. */
  readonly die: () => void;
  /** Told of every entry before and after it is written. */
  readonly onNote: (note: EntryNote) => void;
}

/** A journal that dies at an append; all else is the inner one's. */
export interface CrashingJournal extends Journal {
  /** How many appends have happened. */
  readonly kept: () => number;
}

/** Wraps a journal, so that the library needs no place to die at. */
export function crashingJournal(inner: Journal, { crashAt, die, onNote }: CrashingOptions): CrashingJournal {
  let asked = 0;
  let kept = 0;
  return {
    claim: (runId) => inner.claim(runId),
    read: (runId) => inner.read(runId),
    list: () => inner.list(),
    remove: (runId) => inner.remove(runId),
    kept: () => kept,
    async append(entry) {
      asked += 1;
      const isLast = asked === crashAt?.append;
      if (isLast && crashAt?.when === "before") die();
      onNote(noteOf("asked", entry));
      await inner.append(entry);
      onNote(noteOf("kept", entry));
      kept += 1;
      if (isLast && crashAt?.when === "after") die();
    },
  };
}

/** Reads `GENBLAZE_CRASH_AT`, like `7:before`; undefined when it is not set. */
export function parseCrashPoint(text: string | undefined): CrashPoint | undefined {
  if (text === undefined || text === "") return undefined;
  const [, append = "", when] = /^(\d{1,6}):(before|after)$/.exec(text) ?? [];
  if (when !== "before" && when !== "after") throw new Error(`GENBLAZE_CRASH_AT=7:before is expected; ${text} came`);
  return { append: Number(append), when };
}
