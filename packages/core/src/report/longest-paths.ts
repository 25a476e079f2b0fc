import type { Vertex } from "./step-graph.js";

/** The schedule of a graph in which every vertex begins as soon as it can. */
export interface LongestPaths {
  /** When the last vertex ends. */
  readonly lengthMs: number;
  /** When each vertex ends. */
  readonly ends: Float64Array;
  /** What is left from the begin of each vertex to the end of all that follows it. */
  readonly tails: Float64Array;
  readonly weightOf: (vertex: Vertex) => number;
}

/** Linear in vertices and edges; the vertices must stand in topological order. */
export function longestPaths(graph: readonly Vertex[], weightOf: (vertex: Vertex) => number): LongestPaths {
  const ends = new Float64Array(graph.length);
  let lengthMs = 0;
  for (const [position, vertex] of graph.entries()) {
    let begin = 0;
    for (const source of vertex.after) begin = Math.max(begin, ends[source] ?? 0);
    const end = begin + weightOf(vertex);
    ends[position] = end;
    lengthMs = Math.max(lengthMs, end);
  }
  return { lengthMs, ends, tails: tailsOf(graph, weightOf), weightOf };
}

function tailsOf(graph: readonly Vertex[], weightOf: (vertex: Vertex) => number): Float64Array {
  // First the longest tail behind each vertex; complete when the walk back arrives there.
  const tails = new Float64Array(graph.length);
  for (let position = graph.length - 1; position >= 0; position--) {
    const vertex = graph[position];
    if (vertex === undefined) continue;
    const tail = (tails[position] ?? 0) + weightOf(vertex);
    tails[position] = tail;
    for (const source of vertex.after) tails[source] = Math.max(tails[source] ?? 0, tail);
  }
  return tails;
}

/** The length of the longest path through one vertex. */
export function lengthThrough(graph: readonly Vertex[], paths: LongestPaths, position: number): number {
  const vertex = graph[position];
  if (vertex === undefined) return 0;
  return (paths.ends[position] ?? 0) - paths.weightOf(vertex) + (paths.tails[position] ?? 0);
}

/** Positions of the vertices of one longest path, in order; of equal ones the path through the first positions. */
export function criticalPositions(graph: readonly Vertex[], { ends, lengthMs }: LongestPaths): readonly number[] {
  const path: number[] = [];
  let current = graph.length === 0 ? -1 : ends.indexOf(lengthMs);
  while (current >= 0) {
    path.push(current);
    let before = -1;
    for (const source of graph[current]?.after ?? []) {
      if (before < 0 || (ends[source] ?? 0) > (ends[before] ?? 0)) before = source;
    }
    current = before;
  }
  return path.reverse();
}
