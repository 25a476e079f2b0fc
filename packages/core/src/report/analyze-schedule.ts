import { isGate } from "./gate.js";
import { lengthsWithout } from "./lengths-without.js";
import { criticalPositions, type LongestPaths, lengthThrough, longestPaths } from "./longest-paths.js";
import type { RunFacts } from "./run-facts.js";
import type { CriticalPath, WhatIf } from "./run-report.js";
import { buildGraph, type Vertex } from "./step-graph.js";
import { hasBegun } from "./step-times.js";

/** What the dependencies and the measured times of a run say. */
export interface ScheduleAnalysis {
  readonly criticalPath: CriticalPath;
  readonly whatIf: readonly WhatIf[];
  /** By index of the step. */
  readonly isCritical: readonly boolean[];
  readonly slackMs: readonly number[];
}

/** CYCLE when steps wait for each other. */
export function analyzeSchedule(facts: RunFacts, nowMs: number): ScheduleAnalysis {
  const graph = buildGraph(facts, nowMs);
  const paths = longestPaths(graph, ({ delayMs, workMs }) => delayMs + workMs);
  const positions = criticalPositions(graph, paths);
  const isCritical = facts.steps.map(() => false);
  const slackMs = facts.steps.map(() => Number.POSITIVE_INFINITY);
  for (const position of positions) {
    const vertex = graph[position];
    if (vertex !== undefined && paths.lengthMs > 0 && tookTime(vertex)) isCritical[vertex.step] = true;
  }
  for (const [position, { step }] of graph.entries()) {
    // Of a node's begin and end, that with less slack counts.
    const slack = Math.max(0, paths.lengthMs - lengthThrough(graph, paths, position));
    slackMs[step] = Math.min(slack, slackMs[step] ?? slack);
  }
  const shown = positions.filter((position) => isShown(facts, graph[position]));
  const keys = shown.map((position) => keyAt(facts, graph, position));
  const own = shown.filter((position) => !isGateAt(facts, graph, position));
  const workMs = timeOf(graph, own);
  const waitingMs = timeOf(graph, shown) - workMs;
  const delayMs = Math.max(0, paths.lengthMs - workMs - waitingMs);
  return {
    criticalPath: { keys, lengthMs: Math.min(paths.lengthMs, nowMs), workMs, waitingMs, delayMs },
    // Nobody makes people faster.
    whatIf: halve(facts, graph, paths, own, nowMs),
    isCritical,
    slackMs,
  };
}

function timeOf(graph: readonly Vertex[], positions: readonly number[]): number {
  return positions.reduce((total, position) => total + (graph[position]?.workMs ?? 0), 0);
}

function isGateAt(facts: RunFacts, graph: readonly Vertex[], position: number): boolean {
  const step = facts.steps[graph[position]?.step ?? -1];
  return step !== undefined && isGate(step);
}

/** For each position, the schedule in which its work takes half as long: on the longest way around it or through it. */
function halve(
  facts: RunFacts,
  graph: readonly Vertex[],
  paths: LongestPaths,
  positions: readonly number[],
  nowMs: number,
): readonly WhatIf[] {
  const queued = longestPaths(graph, ({ delayMs, queueMs, workMs }) => delayMs + queueMs + workMs);
  const around = lengthsWithout(graph, paths);
  const aroundQueued = lengthsWithout(graph, queued);
  // What follows the last step, such as writing the manifest, stays as it was.
  const afterMs = Math.max(0, nowMs - queued.lengthMs);
  return positions.map((position) => {
    const saved = (graph[position]?.workMs ?? 0) / 2;
    const lengthOf = (schedule: LongestPaths, without: Float64Array) =>
      Math.max(without[position] ?? 0, lengthThrough(graph, schedule, position) - saved);
    const elapsedMs = Math.min(nowMs, lengthOf(queued, aroundQueued) + afterMs);
    return {
      key: keyAt(facts, graph, position),
      elapsedMs,
      savedMs: nowMs - elapsedMs,
      withoutQueueMs: Math.min(nowMs, lengthOf(paths, around)),
    };
  });
}

function isShown(facts: RunFacts, vertex: Vertex | undefined): boolean {
  const step = vertex?.isWhole === true ? facts.steps[vertex.step] : undefined;
  return step !== undefined && hasBegun(step) && vertex !== undefined && tookTime(vertex);
}

/** Whether a step could be faster: one that a cache answered at once could not. Nodes are as their children are. */
function tookTime({ isWhole, workMs }: Vertex): boolean {
  return !isWhole || workMs > 0;
}

function keyAt(facts: RunFacts, graph: readonly Vertex[], position: number): string {
  return facts.steps[graph[position]?.step ?? 0]?.key ?? "";
}
