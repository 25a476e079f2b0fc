import { GenblazeError } from "../errors/genblaze-error.js";

/**
 * Indexes so that each stands behind those it comes after, in their given order where that leaves a choice. CYCLE when
 * there is no such order.
 */
export function topologicalOrder(
  vertices: readonly { readonly after: readonly number[] }[],
  nameOf: (index: number) => string,
): readonly number[] {
  const open = Uint32Array.from(vertices, ({ after }) => after.length);
  const followers: number[][] = vertices.map(() => []);
  for (const [index, { after }] of vertices.entries()) {
    for (const source of after) followers[source]?.push(index);
  }
  const order: number[] = [];
  for (const [index, count] of open.entries()) if (count === 0) order.push(index);
  // The list grows while it is walked.
  for (const done of order) {
    for (const follower of followers[done] ?? []) {
      const left = (open[follower] ?? 0) - 1;
      open[follower] = left;
      if (left === 0) order.push(follower);
    }
  }
  if (order.length < vertices.length) throw cycle(vertices, open, nameOf);
  return order;
}

const mostNamed = 20;

function cycle(
  vertices: readonly { readonly after: readonly number[] }[],
  open: Uint32Array,
  nameOf: (index: number) => string,
): GenblazeError {
  // What is still open waits for something open, so walking back must come round.
  const seen = new Set<number>();
  let current = open.findIndex((count) => count > 0);
  while (!seen.has(current)) {
    seen.add(current);
    current = vertices[current]?.after.find((source) => (open[source] ?? 0) > 0) ?? current;
  }
  const walked = [...seen];
  const circle = [...walked.slice(walked.indexOf(current)), current];
  const names = [...new Set(circle.slice(0, mostNamed).map(nameOf))];
  return new GenblazeError(
    "CYCLE",
    `Steps wait for each other: ${names.map((name) => `"${name}"`).join(", ")}. Expected facts in which a step waits only for earlier ones; a child waits for its node's begin by itself.`,
    { details: { steps: names } },
  );
}
