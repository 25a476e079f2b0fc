import { labelOf } from "../pipeline/edge-label.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import { referencedNames } from "../pipeline/step-references.js";
import type { MermaidEdge, MermaidGraph, MermaidNode } from "./mermaid-graph.js";
import type { RunFacts, StepFacts } from "./run-facts.js";

/**
 * A plan as a graph for {@link toMermaid}: steps, what is inside nodes, and how assets and words flow.
 *
 * @example
 * console.log(toMermaid(graphOfPlan(pipeline.plan())));
 */
export function graphOfPlan(plan: Plan): MermaidGraph {
  const parts = drawSteps(plan, "", undefined);
  return { name: plan.definition.name, ...parts };
}

/**
 * A run as a graph for {@link toMermaid}: every step with how it ended and why, and what it waited for.
 *
 * @example
 * console.log(toMermaid(graphOfRun(result.facts)));
 */
export function graphOfRun({ name, steps }: RunFacts): MermaidGraph {
  return {
    name,
    nodes: steps.map(toNode),
    edges: steps.flatMap(({ key, waitsFor, roles = {} }) =>
      waitsFor.map((from): MermaidEdge => ({ from, to: key, label: roles[from], kind: "data" })),
    ),
  };
}

interface Drawn {
  readonly nodes: readonly MermaidNode[];
  readonly edges: readonly MermaidEdge[];
}

function drawSteps(plan: Plan, path: string, parent: string | undefined): Drawn {
  return together(plan.steps.map((planned) => drawStep(plan, planned, { path, parent, name: planned.step.key })));
}

interface Place {
  readonly path: string;
  readonly parent: string | undefined;
  readonly name: string;
}

function drawStep(plan: Plan, planned: PlannedStep, { path, parent, name }: Place): Drawn {
  const { step, bodies } = planned;
  const key = `${path}${name}`;
  const label = `${name}: ${step.provider.name}/${step.model}`;
  const kind = bodies.size === 0 ? "step" : "node";
  const inside = [...bodies].map(([body, each]) => {
    if (each.kind === "target") return drawStep(plan, each.planned, { path: `${key}.`, parent: key, name: body });
    return drawSteps(each.plan, body === "body" ? `${key}.` : `${key}.${body}.`, key);
  });
  const node: MermaidNode = { key, parent, label, kind, yields: step.provider.yields };
  // What a target reads its node reads too.
  const isTarget = parent !== undefined && parent === path.slice(0, -1) && plan.steps[planned.index]?.step.key !== name;
  const edges = isTarget ? [] : edgesOf(plan, planned, path, key);
  return together([{ nodes: [node], edges }, ...inside]);
}

function edgesOf(
  plan: Plan,
  { inputs, waitsFor, step }: PlannedStep,
  path: string,
  to: string,
): readonly MermaidEdge[] {
  const keyOf = (index: number) => `${path}${plan.steps[index]?.step.key ?? ""}`;
  const flows = inputs.flatMap((edge): readonly MermaidEdge[] =>
    edge.kind === "step" ? [{ from: keyOf(edge.from), to, label: labelOf(edge), kind: "data" }] : [],
  );
  const fed = new Set(flows.map(({ from }) => from));
  const read = new Set(referencedNames(step).map((name) => `${path}${name}`));
  const others = waitsFor.map(keyOf).filter((from) => !fed.has(from));
  return [...flows, ...others.map((from): MermaidEdge => ({ from, to, kind: read.has(from) ? "data" : "order" }))];
}

function toNode({ key, parent, kind, provider, model, state, reason }: StepFacts): MermaidNode {
  return { key, parent, label: `${key}: ${provider}/${model}`, kind, state, reason };
}

function together(parts: readonly Drawn[]): Drawn {
  return { nodes: parts.flatMap(({ nodes }) => nodes), edges: parts.flatMap(({ edges }) => edges) };
}
