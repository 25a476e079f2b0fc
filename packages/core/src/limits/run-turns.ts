/** Which runs wait, and when each was served last; forgotten when nothing of a run waits any more. */
export interface RunTurns {
  /** How many wait, of all runs. */
  readonly waiting: number;
  /** One more of this run waits. */
  join(run: string): void;
  /** One of this run waits no longer, and was not served. */
  leave(run: string): void;
  /** One of this run is served. */
  serve(run: string): void;
  /** The number of the turn that the run had last, or after which it came. */
  lastOf(run: string): number;
}

/** No runs yet. */
export function createRunTurns(): RunTurns {
  const runs = new Map<string, { last: number; waiting: number }>();
  let turn = 0;
  let waiting = 0;

  function leave(run: string): void {
    const known = runs.get(run);
    if (known === undefined) return;
    waiting -= 1;
    known.waiting -= 1;
    if (known.waiting === 0) runs.delete(run);
  }

  return {
    get waiting() {
      return waiting;
    },
    join(run) {
      waiting += 1;
      const known = runs.get(run);
      if (known === undefined) runs.set(run, { last: turn, waiting: 1 });
      else known.waiting += 1;
    },
    leave,
    serve(run) {
      turn += 1;
      const known = runs.get(run);
      if (known !== undefined) known.last = turn;
      leave(run);
    },
    lastOf: (run) => runs.get(run)?.last ?? turn,
  };
}
