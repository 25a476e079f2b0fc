import type { StepFactState } from "./run-facts.js";

/** A pipeline or a run as a graph to be drawn. */
export interface MermaidGraph {
  readonly name: string;
  readonly nodes: readonly MermaidNode[];
  readonly edges: readonly MermaidEdge[];
}

export interface MermaidNode {
  readonly key: string;
  /** Key of the composite that it is drawn in. */
  readonly parent: string | undefined;
  readonly label: string;
  readonly kind: "step" | "node";
  /** What it makes, as a hint for its shape. @default a plain box */
  readonly yields?: "image" | "video" | "audio" | "text" | undefined;
  /** How far it has come; a plan has none. */
  readonly state?: StepFactState | undefined;
  /** Why it was skipped, which arm was chosen; a second line of its label. */
  readonly reason?: string | undefined;
}

export interface MermaidEdge {
  readonly from: string;
  readonly to: string;
  /** Role or selector of the input. */
  readonly label?: string | undefined;
  /** `data`: assets or values flow; `order`: the second only waits for the first. */
  readonly kind: "data" | "order";
}
