import pLimit from "p-limit";

/** A node of the graph: the indexes of the nodes that must end well before it starts. */
export interface GraphNode {
  readonly waitsFor: readonly number[];
}

export interface RunGraphOptions {
  /** How many nodes run at the same time at most. @default no limit */
  readonly concurrency?: number | undefined;
  /** Does a node's work; true when the nodes that wait for it may start. Must not throw. */
  readonly run: (index: number) => Promise<boolean>;
  /** Called instead of `run` for a node that waits for one that did not end well. */
  readonly skip: (index: number, because: number) => Promise<void> | undefined;
  /** Called when a node may run; `mustWait` when all places are taken. It runs when the answer is there. */
  readonly onReady?: (index: number, mustWait: boolean) => Promise<void> | undefined;
}

/**
 * Runs a graph as its data flows: a node starts as soon as the nodes it waits for have ended well, whatever
 * the others do. Resolves when every node has run or was skipped; rejects, at the end, when a callback did.
 */
export async function runGraph(nodes: readonly GraphNode[], options: RunGraphOptions): Promise<void> {
  const limit = options.concurrency === undefined ? undefined : pLimit(options.concurrency);
  const open = nodes.map((node) => node.waitsFor.length);
  const isDecided = nodes.map(() => false);
  const followers: number[][] = nodes.map(() => []);
  for (const [index, node] of nodes.entries()) {
    for (const source of node.waitsFor) followers[source]?.push(index);
  }

  async function settle(index: number, isGood: boolean): Promise<void> {
    const started: Promise<void>[] = [];
    for (const follower of followers[index] ?? []) {
      const left = (open[follower] ?? 0) - 1;
      open[follower] = left;
      if (isDecided[follower]) continue;
      if (!isGood) started.push(skip(follower, index));
      else if (left === 0) started.push(start(follower));
    }
    await allSettled(started);
  }

  async function skip(index: number, because: number): Promise<void> {
    isDecided[index] = true;
    await options.skip(index, because);
    await settle(index, false);
  }

  async function start(index: number): Promise<void> {
    isDecided[index] = true;
    const mustWait = limit !== undefined && limit.activeCount + limit.pendingCount >= limit.concurrency;
    const pending = options.onReady?.(index, mustWait);
    if (pending !== undefined) await pending;
    const isGood = await (limit === undefined ? options.run(index) : limit(options.run, index));
    await settle(index, isGood);
  }

  const first = nodes.flatMap((node, index) => (node.waitsFor.length === 0 ? [start(index)] : []));
  await allSettled(first);
}

/** Waits for all, then rejects with the first failure: nobody goes on while others are still at work. */
async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
