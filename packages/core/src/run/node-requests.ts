import { isDeepStrictEqual } from "node:util";
import type { BodyCall } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import { nodeFault } from "./node-fault.js";

/** Something that a node asked for: to be done once, however often it asks. */
interface Begun {
  readonly what: "run" | "skip" | "decide" | "wait";
  readonly given: unknown;
  readonly done: Promise<unknown>;
}

/** What one node has asked for. */
export interface NodeRequests {
  /** Does what is asked for under a name; the same again gives what it gave. */
  once<T>(name: string, what: Begun["what"], given: unknown, work: () => Promise<T>): Promise<T>;
  /** The same for one run of a body. */
  onBody<T>(what: Begun["what"], body: string, call: BodyCall, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more; from now on nothing can be begun. */
  settled(): Promise<void>;
}

/**
 * Nodes come from other packages too, so what would be paid twice or could not be told apart in the journal is refused
 * (INVALID_OPTION). Nothing is begun once `signal` has aborted.
 */
export function createNodeRequests(signal: AbortSignal, step: NodeStep): NodeRequests {
  const begun = new Map<string, Begun>();
  let hasEnded = false;
  const refuse = (what: string) => Promise.reject(nodeFault(step, what, "INVALID_OPTION"));

  function once<T>(name: string, what: Begun["what"], given: unknown, work: () => Promise<T>): Promise<T> {
    const before = begun.get(name);
    if (before !== undefined) {
      const isSame = before.what === what && isDeepStrictEqual(before.given, given);
      // Under one name there is one kind of work, so what it gives is of one type.
      return isSame ? (before.done as Promise<T>) : refuse(`asks for ${name} twice, and differently`);
    }
    if (hasEnded) return refuse("goes on after it has ended");
    if (signal.aborted) return Promise.reject(signal.reason);
    const done = work();
    // A node need not wait for it; then the end of the node does.
    done.catch(() => undefined);
    begun.set(name, { what, given, done });
    return done;
  }

  return {
    once,
    onBody(what, body, { item, take, input, assets = [] }, work) {
      if (item !== undefined && !(Number.isSafeInteger(item) && item >= 0)) {
        return refuse(`counts the runs of body "${body}" with ${String(item)}; 0, 1, 2, ... is expected`);
      }
      const given = { take, input, assets: assets.map(({ asset }) => asset.assetId) };
      return once(`body "${body}"${item === undefined ? "" : ` ${item}`}`, what, given, work);
    },
    async settled() {
      hasEnded = true;
      await Promise.allSettled([...begun.values()].map(({ done }) => done));
    },
  };
}
