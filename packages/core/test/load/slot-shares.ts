/** A job of a run, as its vendor saw it; times in milliseconds. */
export interface SlotUse {
  readonly run: string;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** How runs shared the slots of an account. */
export interface SlotShares {
  /** How many jobs were under way at the same time at most. */
  readonly most: number;
  /** What each run had of the slots while it had work, over an equal part of what runs with work had then: 1 is fair. */
  readonly shares: ReadonlyMap<string, number>;
}

interface Standing {
  held: number;
  left: number;
  actual: number;
  equal: number;
}

/** How the slots were shared. A run has work from the beginning of the first job to that of its own last one. */
export function slotShares(uses: readonly SlotUse[]): SlotShares {
  const runs = new Map<string, Standing>();
  for (const { run } of uses) {
    const standing = runs.get(run) ?? { held: 0, left: 0, actual: 0, equal: 0 };
    standing.left += 1;
    runs.set(run, standing);
  }
  const moments = uses.flatMap(({ run, beganAt, endedAt }) => [
    { at: beganAt, run, change: 1 },
    { at: endedAt, run, change: -1 },
  ]);
  // Who ends makes room for who begins at the same moment.
  moments.sort((left, right) => left.at - right.at || left.change - right.change);
  let underWay = 0;
  let most = 0;
  let last = moments[0]?.at ?? 0;
  for (const { at, run, change } of moments) {
    share(runs.values(), at - last);
    last = at;
    const standing = runs.get(run);
    if (standing === undefined) continue;
    standing.held += change;
    if (change > 0) standing.left -= 1;
    underWay += change;
    most = Math.max(most, underWay);
  }
  return {
    most,
    shares: new Map([...runs].map(([run, { actual, equal }]) => [run, equal === 0 ? 1 : actual / equal])),
  };
}

/** Nothing changed for so many milliseconds. */
function share(runs: Iterable<Standing>, ms: number): void {
  if (ms <= 0) return;
  const withWork = [...runs].filter(({ left }) => left > 0);
  const held = withWork.reduce((sum, standing) => sum + standing.held, 0);
  for (const standing of withWork) {
    standing.actual += standing.held * ms;
    standing.equal += (held / withWork.length) * ms;
  }
}
