import { showText } from "../diff/show.js";
import type { Lineage, LineageNode } from "./lineage-facts.js";

interface Branch {
  readonly runId: string;
  readonly depth: number;
}

const SHOWN_DEPTH = 40;
const SHOWN_HASH = 12;

/** A lineage as a text tree: each run below the one it came from, and where it was named already a word on that. */
export function describeLineage(lineage: Lineage): string {
  const { nodes, forks, missingParents, sharedAssets, unreadable, isTruncated } = lineage;
  const counts = `${nodes.length} runs, ${forks.length} forks, ${sharedAssets.length} shared assets`;
  return [
    counts,
    ...describeTree(lineage),
    ...section(
      "parents that are not stored",
      missingParents.map(({ runId, children }) => `${showText(runId)} of ${listed(children)}`),
    ),
    ...section(
      "shared assets",
      sharedAssets.map(({ sha256, madeBy, usedBy }) => {
        const maker = madeBy === null ? "from outside" : `made by ${showText(madeBy)}`;
        return `${sha256.slice(0, SHOWN_HASH)} ${maker}, in ${usedBy.map((use) => `${showText(use.runId)} (${use.as})`).join(", ")}`;
      }),
    ),
    ...section(
      "not readable",
      unreadable.map(({ key, code, message }) => `${showText(key, 200)}: ${code}: ${showText(message, 200)}`),
    ),
    ...(isTruncated ? ["There are more manifests than were read."] : []),
  ].join("\n");
}

function describeTree({ nodes, edges }: Lineage): readonly string[] {
  const byId = new Map(nodes.map((node) => [node.runId, node]));
  const children = new Map<string, string[]>(nodes.map(({ runId }) => [runId, []]));
  const hasParent = new Set<string>();
  for (const { child, parent } of edges) {
    children.get(parent)?.push(child);
    if (byId.has(parent) && parent !== child) hasParent.add(child);
  }
  const roots = nodes.filter(({ runId }) => !hasParent.has(runId));
  const shown = new Set<string>();
  const lines: string[] = [];
  // Runs in a circle hang below no root.
  for (const root of [...roots, ...nodes]) {
    if (!shown.has(root.runId)) lines.push(...describeBranch(root.runId, byId, children, shown));
  }
  return lines;
}

/** A branch without recursion: a line of runs may be long. */
function describeBranch(
  rootId: string,
  byId: ReadonlyMap<string, LineageNode>,
  children: ReadonlyMap<string, readonly string[]>,
  shown: Set<string>,
): readonly string[] {
  const lines: string[] = [];
  const open: Branch[] = [{ runId: rootId, depth: 0 }];
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    const { runId, depth } = branch;
    const node = byId.get(runId);
    if (node === undefined) continue;
    const isAgain = shown.has(runId);
    lines.push(`${"  ".repeat(1 + Math.min(depth, SHOWN_DEPTH))}${describeNode(node)}${isAgain ? " (see above)" : ""}`);
    if (isAgain) continue;
    shown.add(runId);
    const next = children.get(runId) ?? [];
    open.push(...next.toReversed().map((child) => ({ runId: child, depth: depth + 1 })));
  }
  return lines;
}

function describeNode({ runId, name, createdAt, status, manifestHash }: LineageNode): string {
  const verdict = manifestHash === "matches" ? "" : `, manifest hash ${manifestHash}`;
  return `${showText(runId)} ${name === null ? "unnamed" : showText(name)}, ${showText(createdAt)}, ${status}${verdict}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function listed(ids: readonly string[]): string {
  return ids.map((id) => showText(id)).join(", ");
}
