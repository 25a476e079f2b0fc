import { type AbortSource, raceAbort } from "./abort-source.js";

/** Work that is under way, by its name: equal work waits for it, and finds its result in the cache. */
export interface Flights {
  /** Waits until nobody does this work; then it is the caller's, until the returned function is called. */
  enter(key: string, abort: AbortSource): Promise<() => void>;
}

export function createFlights(): Flights {
  const underWay = new Map<string, Promise<void>>();
  return {
    async enter(key, abort) {
      for (let other = underWay.get(key); other !== undefined; other = underWay.get(key)) {
        await raceAbort(other, abort);
      }
      let land = () => {};
      const landed = new Promise<void>((resolve) => {
        land = () => {
          underWay.delete(key);
          resolve();
        };
      });
      underWay.set(key, landed);
      return land;
    },
  };
}
