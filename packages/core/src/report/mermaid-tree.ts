import { GenblazeError } from "../errors/genblaze-error.js";
import type { MermaidGraph, MermaidNode } from "./mermaid-graph.js";

/** A node at its place in the nesting. */
export interface MermaidPlace {
  readonly node: MermaidNode;
  readonly id: string;
  /** Its place in the order of all nodes in which each stands before what lies in it. */
  readonly first: number;
  /** The place of the last one that lies in it; its own where none does. */
  last: number;
}

/** Places by key, each node before what lies in it. Errors: DUPLICATE_STEP, UNKNOWN_STEP, CYCLE (nodes within each other). */
export function placeNodes({ nodes }: MermaidGraph): ReadonlyMap<string, MermaidPlace> {
  const children = childrenOf(nodes);
  const places = new Map<string, MermaidPlace>();
  const open: (MermaidNode | MermaidPlace)[] = (children.get(undefined) ?? []).toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ("first" in next) {
      next.last = places.size - 1;
      continue;
    }
    const place = { node: next, id: `n${places.size}`, first: places.size, last: places.size };
    places.set(next.key, place);
    open.push(place);
    for (const child of (children.get(next.key) ?? []).toReversed()) open.push(child);
  }
  const lost = nodes.find((node) => !places.has(node.key));
  if (lost !== undefined) {
    throw new GenblazeError(
      "CYCLE",
      `Node "${lost.key}" lies within itself. Expected parents that lead to one without a parent.`,
    );
  }
  return places;
}

/** Whether one node lies in the other, or is the other. */
export function isWithin(inner: MermaidPlace, outer: MermaidPlace): boolean {
  return inner.first >= outer.first && inner.first <= outer.last;
}

function childrenOf(nodes: readonly MermaidNode[]): ReadonlyMap<string | undefined, readonly MermaidNode[]> {
  const children = new Map<string | undefined, MermaidNode[]>();
  const keys = new Set<string>();
  for (const node of nodes) {
    if (keys.has(node.key)) {
      throw new GenblazeError(
        "DUPLICATE_STEP",
        `Expected every node of a graph to have a key of its own, got "${node.key}" twice.`,
      );
    }
    keys.add(node.key);
    const siblings = children.get(node.parent);
    if (siblings === undefined) children.set(node.parent, [node]);
    else siblings.push(node);
  }
  for (const parent of children.keys()) {
    if (parent !== undefined && !keys.has(parent)) throw unknownNode(parent);
  }
  return children;
}

export function unknownNode(key: string): GenblazeError {
  return new GenblazeError(
    "UNKNOWN_STEP",
    `The graph names "${key}", which is none of its nodes. Add the node or leave the name out.`,
    { details: { name: key } },
  );
}
