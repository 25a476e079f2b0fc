import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal, JournalEntry, RunClaim } from "../journal/journal.js";
import type { Clock } from "../provider/clock.js";
import type { AbortSource } from "./abort-source.js";

/** A journal that is slow has so long to answer after the end of the run, as that has to be written as well. */
const graceMs = 5_000;

/**
 * A journal as one turn of a run uses it: once the run is to end, by its time limit or its caller, what the journal does
 * not answer within 5 s is JOURNAL_FAILED. A claim that comes later is given back. Without an end it is waited for.
 */
export function answeringJournal(journal: Journal, end: AbortSource, clock: Clock): Journal {
  const answer = <T>(work: Promise<T>, what: string) => answered(work, { what, end, clock });
  return {
    async claim(runId) {
      const claiming = Promise.resolve(journal.claim(runId));
      try {
        return toAnswering(await answer(claiming, `the claim of run ${runId}`), runId, answer);
      } catch (thrown) {
        claiming.then(
          (late) => late.release().catch(() => undefined),
          () => undefined,
        );
        throw thrown;
      }
    },
    append(entry) {
      // A journal may be anybody's object: what is no promise says that it has happened.
      const pending: unknown = journal.append(entry);
      return isThenable(pending) ? answer(Promise.resolve(pending), whatOf(entry)).then(() => undefined) : undefined;
    },
    async *read(runId) {
      const entries = journal.read(runId)[Symbol.asyncIterator]();
      let isOver = false;
      try {
        for (;;) {
          const next = await answer(Promise.resolve(entries.next()), `the reading of run ${runId}`);
          isOver = next.done === true;
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        // One that does not answer does not answer this either.
        if (!isOver) Promise.resolve(entries.return?.()).catch(() => undefined);
      }
    },
    list: () => journal.list(),
    remove: (runId) => journal.remove(runId),
  };
}

function toAnswering(
  claim: RunClaim,
  runId: string,
  answer: (work: Promise<void>, what: string) => Promise<void>,
): RunClaim {
  return {
    token: claim.token,
    spool: claim.spool,
    release: () => answer(Promise.resolve(claim.release()), `that run ${runId} is given back`),
  };
}

function whatOf({ runId, transition }: JournalEntry): string {
  const step = "step" in transition ? ` of step "${transition.step}"` : "";
  return `the entry "${transition.state}"${step} of run ${runId}`;
}

/** Cheaper than a signal for each of thousands of entries. */
function answered<T>(
  work: Promise<T>,
  { what, end, clock }: { readonly what: string; readonly end: AbortSource; readonly clock: Clock },
): Promise<T> {
  return new Promise((resolve, reject) => {
    let takeBack = () => {};
    const forget = end.onAbort((reason) => {
      takeBack = clock.schedule(() => reject(neverAnswered(what, reason)), graceMs);
    });
    const done = () => {
      forget();
      takeBack();
    };
    work.then(
      (value) => {
        done();
        resolve(value);
      },
      (thrown: unknown) => {
        done();
        reject(thrown);
      },
    );
  });
}

function neverAnswered(what: string, cause: unknown): GenblazeError {
  const why = GenblazeError.isInstance(cause) ? ` (${cause.message})` : "";
  const message = `The journal did not answer within ${graceMs} ms after the run was to end${why}: ${what}. Look whether its place can be reached; what it lacks is written when the run goes on in this process.`;
  return new GenblazeError("JOURNAL_FAILED", message, { cause });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
}
