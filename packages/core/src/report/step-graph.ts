import type { RunFacts, StepFacts } from "./run-facts.js";
import { type StepTimes, timesOf } from "./step-times.js";
import { topologicalOrder } from "./topological-order.js";

/**
 * A point of the schedule: a step, or the begin or the end of a node with children. It ends `delayMs + queueMs +
 * workMs` after the last of the vertices that it comes after.
 */
export interface Vertex {
  /** Index of its step. */
  readonly step: number;
  /** Whether it stands for a whole step, and not for one side of a node. */
  readonly isWhole: boolean;
  /** Positions in the graph of the vertices that it waited for, all lower than its own. */
  readonly after: readonly number[];
  /** Measured time between the end of the last of them and its own readiness. */
  readonly delayMs: number;
  readonly queueMs: number;
  readonly workMs: number;
}

interface Draft {
  readonly step: number;
  readonly side: "whole" | "begin" | "end";
  readonly after: number[];
}

interface Placed {
  readonly readyMs: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** The vertices of a run so that each stands behind those it waited for. CYCLE when steps wait for each other. */
export function buildGraph(facts: RunFacts, nowMs: number): readonly Vertex[] {
  const { steps } = facts;
  const drafts = draftVertices(steps);
  const order = topologicalOrder(drafts, (index) => steps[drafts[index]?.step ?? 0]?.key ?? "");
  const positions = new Uint32Array(drafts.length);
  for (const [position, index] of order.entries()) positions[index] = position;
  const times = steps.map((step) => timesOf(step, nowMs));
  const placed: Placed[] = [];
  const vertices: Vertex[] = [];
  for (const index of order) {
    const draft = drafts[index];
    if (draft === undefined) continue;
    const after = [...new Set(draft.after)].map((source) => positions[source] ?? 0);
    const { place, vertex } = measure(draft, after, placed, times[draft.step]);
    placed.push(place);
    vertices.push(vertex);
  }
  return vertices;
}

/** Steps and childless nodes give one vertex, other nodes two: their children come after the first, before the second. */
function draftVertices(steps: readonly StepFacts[]): readonly Draft[] {
  const parents = new Set(steps.map((step) => step.parent));
  const drafts: Draft[] = [];
  const spans = new Map<string, { readonly begin: Draft; readonly beginIndex: number; readonly endIndex: number }>();
  for (const [step, { key }] of steps.entries()) {
    const isWhole = !parents.has(key);
    const beginIndex = drafts.length;
    const begin: Draft = { step, side: isWhole ? "whole" : "begin", after: [] };
    drafts.push(begin);
    if (!isWhole) drafts.push({ step, side: "end", after: [beginIndex] });
    spans.set(key, { begin, beginIndex, endIndex: drafts.length - 1 });
  }
  for (const { key, parent, waitsFor } of steps) {
    const span = spans.get(key);
    const around = parent === undefined ? undefined : spans.get(parent);
    if (around !== undefined && span !== undefined) {
      span.begin.after.push(around.beginIndex);
      drafts[around.endIndex]?.after.push(span.endIndex);
    }
    for (const source of waitsFor) {
      // A child that says it waits for its node means the node's begin, which it waits for anyway.
      const before = source === parent ? undefined : spans.get(source);
      if (before !== undefined) span?.begin.after.push(before.endIndex);
    }
  }
  return drafts;
}

/**
 * A vertex that was ready before one that it is said to wait for had ended did not wait for that one (a join of any
 * input does not): such an edge is left out.
 */
function measure(
  { step, side }: Draft,
  after: readonly number[],
  placed: readonly Placed[],
  times: StepTimes | undefined,
): { readonly place: Placed; readonly vertex: Vertex } {
  const latest = latestEnd(after, placed, Number.POSITIVE_INFINITY);
  const place = placeOf(side, times, latest);
  const bound = after.filter((source) => (placed[source]?.endedMs ?? 0) <= place.readyMs);
  const vertex = {
    step,
    isWhole: side === "whole",
    after: bound,
    delayMs: place.readyMs - latestEnd(bound, placed, place.readyMs),
    queueMs: place.startedMs - place.readyMs,
    workMs: place.endedMs - place.startedMs,
  };
  return { place, vertex };
}

function placeOf(side: Draft["side"], times: StepTimes | undefined, latest: number): Placed {
  // A step that never came to its turn takes no time and passes on what it waited for.
  if (times === undefined) return { readyMs: latest, startedMs: latest, endedMs: latest };
  const { readyMs, startedMs, endedMs } = times;
  if (side === "whole") return { readyMs, startedMs, endedMs };
  if (side === "begin") return { readyMs, startedMs, endedMs: startedMs };
  return { readyMs: endedMs, startedMs: endedMs, endedMs };
}

function latestEnd(sources: readonly number[], placed: readonly Placed[], most: number): number {
  let latest = 0;
  for (const source of sources) latest = Math.max(latest, placed[source]?.endedMs ?? 0);
  return Math.min(latest, most);
}
