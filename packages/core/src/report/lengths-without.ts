import type { LongestPaths } from "./longest-paths.js";
import type { Vertex } from "./step-graph.js";

interface Leap {
  readonly from: number;
  readonly to: number;
  readonly lengthMs: number;
}

/**
 * For each vertex, the length of the longest path that does not lead through it; 0 where every path does.
 *
 * Vertices stand in topological order, so a path avoids a position exactly when one of its edges leaps over it. Each
 * edge therefore offers the longest path through it to all positions between its ends, and the longest offer counts:
 * edges are taken by falling length and each paints what no longer one has painted. O(edges * log edges).
 */
export function lengthsWithout(graph: readonly Vertex[], paths: LongestPaths): Float64Array {
  const leaps = leapsOf(graph, paths).sort((left, right) => right.lengthMs - left.lengthMs);
  const lengths = new Float64Array(graph.length);
  // For each position the first one at or behind it that is not painted yet.
  const next = Uint32Array.from({ length: graph.length + 1 }, (_, position) => position);
  for (const { from, to, lengthMs } of leaps) {
    for (let position = findNext(next, from + 1); position < to; position = findNext(next, position)) {
      lengths[position] = lengthMs;
      next[position] = position + 1;
    }
  }
  return lengths;
}

/** Every edge, with one from before the first vertex to each that waits for nothing and one from each last to behind. */
function leapsOf(graph: readonly Vertex[], { ends, tails }: LongestPaths): Leap[] {
  const leaps: Leap[] = [];
  const hasFollower = new Uint8Array(graph.length);
  for (const [to, { after }] of graph.entries()) {
    if (after.length === 0) leaps.push({ from: -1, to, lengthMs: tails[to] ?? 0 });
    for (const from of after) {
      leaps.push({ from, to, lengthMs: (ends[from] ?? 0) + (tails[to] ?? 0) });
      hasFollower[from] = 1;
    }
  }
  for (const [from, has] of hasFollower.entries()) {
    if (has === 0) leaps.push({ from, to: graph.length, lengthMs: ends[from] ?? 0 });
  }
  return leaps;
}

function findNext(next: Uint32Array, position: number): number {
  let root = position;
  while ((next[root] ?? root) !== root) root = next[root] ?? root;
  // Shorten the way for the next search.
  let walked = position;
  while (walked !== root) {
    const following = next[walked] ?? root;
    next[walked] = root;
    walked = following;
  }
  return root;
}
