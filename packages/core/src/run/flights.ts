import { type AbortSource, raceAbort } from "./abort-source.js";

/** Work that is under way, by its name: equal work waits for it, and finds its result in the cache. */
export interface Flights {
  /**
   * Waits until nobody does this work; then it is the caller's, until the returned function is called. Where its result
   * is of no use to others, all who wait go on at once.
   */
  enter(key: string, abort: AbortSource): Promise<Landing>;
  /** The same without waiting, for work that is under way already. */
  hold(key: string): Landing;
}

/** Says whether whoever waits may find the result, or has to do the work too. */
export type Landing = (isOfUse: boolean) => void;

export function createFlights(): Flights {
  const underWay = new Map<string, Promise<boolean>>();

  function hold(key: string): Landing {
    let land: Landing = () => undefined;
    if (underWay.has(key)) return land;
    const landed = new Promise<boolean>((resolve) => {
      land = (isOfUse) => {
        underWay.delete(key);
        resolve(isOfUse);
      };
    });
    underWay.set(key, landed);
    return land;
  }

  return {
    hold,
    async enter(key, abort) {
      for (let other = underWay.get(key); other !== undefined; other = underWay.get(key)) {
        if (!(await raceAbort(other, abort))) return () => undefined;
      }
      return hold(key);
    },
  };
}
