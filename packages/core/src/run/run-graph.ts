/** A node of the graph: the indexes of those that must have ended before it starts, and how many of them well. */
export interface GraphNode {
  readonly waitsFor: readonly number[];
  /** Those that must have ended well. @default all */
  readonly required?: ReadonlySet<number>;
  /** Those that need not, */
  readonly tolerant?: readonly number[];
  /** but so many of them must. @default 0 */
  readonly atLeast?: number;
}

/** How a node of the graph ended; `resting` ones have not ended, and what waits for them rests too. */
export type GraphEnd = "good" | "bad" | "resting";

export interface RunGraphOptions {
  /** Does a node's work. Must not throw. */
  readonly run: (index: number) => Promise<GraphEnd>;
  /** Called instead of `run` for a node that waits for one that did not end well. */
  readonly skip: (index: number, because: number) => Promise<void> | undefined;
}

/**
 * Runs a graph as its data flows: a node starts as soon as the nodes it waits for have ended, enough of them well,
 * whatever the others do. Resolves when nothing more can run; rejects, at the end, with what a callback threw first.
 */
export async function runGraph(nodes: readonly GraphNode[], options: RunGraphOptions): Promise<void> {
  const open = nodes.map((node) => node.waitsFor.length);
  const isDecided = nodes.map(() => false);
  const isGood = nodes.map(() => false);
  const followers: number[][] = nodes.map(() => []);
  for (const [index, node] of nodes.entries()) {
    for (const source of node.waitsFor) followers[source]?.push(index);
  }
  // Counted rather than awaited by the node before: in a chain of thousands all their promises would stay alive.
  let atWork = 0;
  let onIdle: () => void = () => undefined;
  const idle = new Promise<void>((resolve) => {
    onIdle = resolve;
  });
  const thrown: unknown[] = [];

  function settle(index: number, end: GraphEnd): void {
    if (end === "resting") return;
    isGood[index] = end === "good";
    for (const follower of followers[index] ?? []) {
      const left = (open[follower] ?? 0) - 1;
      open[follower] = left;
      if (isDecided[follower]) continue;
      const because = end === "good" && left > 0 ? undefined : whyNot(nodes[follower], index, left);
      if (because !== undefined || left === 0) void decide(follower, because);
    }
  }

  /** The node whose end keeps another from running; undefined when it may run, or may come to it. */
  function whyNot(follower: GraphNode | undefined, ended: number, left: number): number | undefined {
    const { required, tolerant = [], atLeast = 0 } = follower ?? {};
    if (!isGood[ended] && (required === undefined || required.has(ended))) return ended;
    if (left > 0) return undefined;
    return tolerant.filter((source) => isGood[source]).length < atLeast
      ? (tolerant.find((source) => !isGood[source]) ?? ended)
      : undefined;
  }

  /** Runs a node, or skips it because of another one, and then those behind it. Never rejects. */
  async function decide(index: number, because: number | undefined): Promise<void> {
    isDecided[index] = true;
    atWork += 1;
    try {
      if (because === undefined) settle(index, await options.run(index));
      else {
        await options.skip(index, because);
        settle(index, "bad");
      }
    } catch (error) {
      thrown.push(error);
    }
    atWork -= 1;
    if (atWork === 0) onIdle();
  }

  for (const [index, node] of nodes.entries()) if (node.waitsFor.length === 0) void decide(index, undefined);
  if (atWork > 0) await idle;
  if (thrown.length > 0) throw thrown[0];
}
