import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Transition } from "../run/transitions.js";
import type { Storage } from "../storage/storage.js";

/** One line of a journal. */
export interface JournalEntry {
  readonly runId: string;
  /** From 0 within the run. Only what could not be written leaves a gap, until a resume writes it. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly transition: Transition;
}

/** The right to write a run, which one writer has at a time. */
export interface RunClaim {
  /** Higher than that of every claim before it: what an earlier writer still sends is refused, or read past. */
  readonly token: number;
  /** Keeps the bytes of the run's assets for as long as the journal remembers the run. @default they are kept in memory */
  readonly spool: Storage | undefined;
  /** Gives the right back, once all is written. */
  release(): Promise<void>;
}

/** A run that a journal knows. */
export interface KnownRun {
  readonly runId: string;
  /** Whether somebody has the right to write it just now. */
  readonly isClaimed: boolean;
  /** When its last entry was written, in milliseconds since 1970; of one with a problem when its place was changed. */
  readonly changedAt: number;
  /** Why it cannot be read: JOURNAL_FAILED. Where its id cannot be read either, `runId` is the name of its place. */
  readonly problem?: GenblazeError;
}

/**
 * The truth of runs: for each an append-only record of transitions, from which its state, its events and its result
 * are derived.
 */
export interface Journal {
  /**
   * Takes the right to write a run. RUN_BUSY while somebody else has it, in this process or another; that of a process
   * that is gone is taken over.
   */
  claim(runId: string): Promise<RunClaim>;
  /**
   * Writes an entry of a run that this journal value has claimed. It has happened when the promise resolves; an append
   * that answers nothing has happened at once. JOURNAL_FAILED when it cannot, also after the claim was taken over.
   */
  append(entry: JournalEntry): Promise<void> | undefined;
  /** The entries of one run in the order of their `sequence`; none for a run that is not known. Needs no claim. */
  read(runId: string): AsyncIterable<JournalEntry>;
  /** The runs that it remembers, in any order. */
  list(): AsyncIterable<KnownRun>;
  /** Forgets a run with all that was kept of it. RUN_BUSY while somebody has claimed it. */
  remove(runId: string): Promise<void>;
}
