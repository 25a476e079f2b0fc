import { cleanText } from "./clean-text.js";
import type { MermaidEdge, MermaidGraph, MermaidNode } from "./mermaid-graph.js";
import { mermaidLabel, mermaidText } from "./mermaid-label.js";
import { isWithin, type MermaidPlace, placeNodes, unknownNode } from "./mermaid-tree.js";
import type { StepFactState } from "./run-facts.js";
import { fitText } from "./text-width.js";

/** Brackets of Mermaid's node shapes by what a step makes. */
const shapes: Readonly<Record<NonNullable<MermaidNode["yields"]>, readonly [string, string]>> = {
  image: ["[/", "/]"],
  video: ["[[", "]]"],
  audio: ["([", "])"],
  text: ["(", ")"],
};
const plainShape: readonly [string, string] = ["[", "]"];
const compositeShape: readonly [string, string] = ["{{", "}}"];

/** Light fills with dark text and a border of their own, readable on light and dark pages. */
const classes: Readonly<Record<StepFactState, string>> = {
  planned: "fill:#f3f4f6,stroke:#6d737e,color:#1b1d21,stroke-dasharray:4 3",
  ready: "fill:#f3f4f6,stroke:#6d737e,color:#1b1d21",
  running: "fill:#d6ebf8,stroke:#0072b2,color:#1b1d21,stroke-width:3px",
  waiting: "fill:#fff3d1,stroke:#e69f00,color:#1b1d21,stroke-dasharray:4 3",
  succeeded: "fill:#d5f2e8,stroke:#009e73,color:#1b1d21",
  failed: "fill:#fbdccb,stroke:#d55e00,color:#1b1d21,stroke-width:3px",
  skipped: "fill:#ffffff,stroke:#a9adb5,color:#5c6169,stroke-dasharray:2 3",
  cancelled: "fill:#f3f4f6,stroke:#5c6169,color:#1b1d21,stroke-dasharray:6 3",
};

const deepestIndent = 8;
const longestTitle = 120;

/**
 * A plan or a run as Mermaid's `flowchart LR`: composites with children are subgraphs, data flows along solid arrows,
 * mere order along dotted ones, and states are classes. Ids are made up and every text is escaped, so no name can break
 * the syntax. An edge between a composite and what lies in it is left out: Mermaid cannot draw it and the nesting says
 * it. Mermaid itself refuses more than 50,000 characters or 500 edges unless configured otherwise (`maxTextSize`,
 * `maxEdges`).
 *
 * @throws GenblazeError `UNKNOWN_STEP` for a parent or an edge's end that is no node, `DUPLICATE_STEP`, and `CYCLE` for
 * nodes that lie within each other
 */
export function toMermaid(graph: MermaidGraph): string {
  const places = placeNodes(graph);
  const states = new Map<StepFactState, string[]>();
  for (const { node, id } of places.values()) {
    if (node.state === undefined) continue;
    const ids = states.get(node.state);
    if (ids === undefined) states.set(node.state, [id]);
    else ids.push(id);
  }
  return [
    "---",
    // A JSON text is a YAML one; cleaned, it has no line of its own that could end the header.
    `title: ${JSON.stringify(fitText(cleanText(graph.name), longestTitle))}`,
    "---",
    "flowchart LR",
    ...nodeLines([...places.values()]),
    ...graph.edges.flatMap((edge) => edgeLine(edge, places)),
    ...Array.from(states, ([state, ids]) => `  classDef ${state} ${classes[state]}\n  class ${ids.join(",")} ${state}`),
    "",
  ].join("\n");
}

/** Nodes in the order of their nesting; a subgraph ends before the first node that does not lie in it. */
function nodeLines(places: readonly MermaidPlace[]): readonly string[] {
  const lines: string[] = [];
  const open: MermaidPlace[] = [];
  const indent = () => "  ".repeat(1 + Math.min(open.length, deepestIndent));
  const closeBefore = (first: number) => {
    for (let top = open.at(-1); top !== undefined && top.last < first; top = open.at(-1)) {
      open.pop();
      lines.push(`${indent()}end`);
    }
  };
  for (const place of places) {
    closeBefore(place.first);
    const label = labelOf(place.node);
    if (place.last > place.first) {
      lines.push(`${indent()}subgraph ${place.id}[${label}]`);
      open.push(place);
    } else {
      const [left, right] = shapeOf(place.node);
      lines.push(`${indent()}${place.id}${left}${label}${right}`);
    }
  }
  closeBefore(places.length);
  return lines;
}

function labelOf({ label, reason }: MermaidNode): string {
  return reason === undefined ? mermaidLabel(label) : `"${mermaidText(label)}<br/>${mermaidText(reason)}"`;
}

function shapeOf({ kind, yields }: MermaidNode): readonly [string, string] {
  if (kind === "node") return compositeShape;
  return yields === undefined ? plainShape : shapes[yields];
}

function edgeLine(
  { from, to, label, kind }: MermaidEdge,
  places: ReadonlyMap<string, MermaidPlace>,
): readonly string[] {
  const source = places.get(from);
  const target = places.get(to);
  if (source === undefined || target === undefined) throw unknownNode(source === undefined ? from : to);
  if (isWithin(source, target) || isWithin(target, source)) return [];
  const arrow = kind === "data" ? "-->" : "-.->";
  const text = label === undefined ? "" : `|${mermaidLabel(label)}|`;
  return [`  ${source.id} ${arrow}${text} ${target.id}`];
}
