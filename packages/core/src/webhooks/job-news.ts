import { abortError } from "../internal/throw-if-aborted.js";
import { createAbortListeners } from "../limits/abort-listeners.js";
import type { Clock } from "../provider/clock.js";
import type { Submission } from "../provider/provider.js";

/** Brings news of jobs to who waits for them. */
export interface JobNews {
  readonly waiting: number;
  readonly kept: number;
  /** Wakes those who wait for this job; an end that nobody waits for yet is kept. */
  tell(job: string, submission: Submission): void;
  /** The next news of this job, or its end that is kept. Rejects when the signal aborts. */
  wait(job: string, signal: AbortSignal): Promise<Submission>;
}

interface Kept {
  readonly submission: Submission;
  readonly at: number;
}

/** Keeps ends for `keepMs`, and `most` at a time: beyond that the oldest is let go early. Needs no timer. */
export function createJobNews(clock: Clock, keepMs: number, most: number): JobNews {
  const waiters = new Map<string, Set<(submission: Submission) => void>>();
  // In the order in which they came, so that those to let go are in front.
  const kept = new Map<string, Kept>();
  const aborts = createAbortListeners();
  let waiting = 0;

  function letGo(): void {
    for (const [job, { at }] of kept) {
      if (clock.now() - at < keepMs && kept.size <= most) return;
      kept.delete(job);
    }
  }

  function enter(job: string, wake: (submission: Submission) => void): () => void {
    const others = waiters.get(job) ?? new Set();
    waiters.set(job, others.add(wake));
    waiting += 1;
    return () => {
      if (!others.delete(wake)) return;
      waiting -= 1;
      if (others.size === 0) waiters.delete(job);
    };
  }

  return {
    get waiting() {
      return waiting;
    },
    get kept() {
      letGo();
      return kept.size;
    },
    tell(job, submission) {
      const wakes = [...(waiters.get(job) ?? [])];
      for (const wake of wakes) wake(submission);
      // Progress that nobody watches is of no use to anybody later.
      if (wakes.length > 0 || submission.status === "pending") return;
      kept.delete(job);
      kept.set(job, { submission, at: clock.now() });
      letGo();
    },
    async wait(job, signal) {
      if (signal.aborted) throw abortError(signal.reason);
      letGo();
      const early = kept.get(job);
      kept.delete(job);
      if (early !== undefined) return early.submission;
      return await new Promise<Submission>((resolve, reject) => {
        const leave = enter(job, (submission) => {
          stopListening();
          leave();
          resolve(submission);
        });
        const stopListening = aborts.on(signal, (reason) => {
          stopListening();
          leave();
          reject(abortError(reason));
        });
      });
    },
  };
}
