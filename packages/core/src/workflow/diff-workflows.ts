import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { diffWords, type WordChange } from "./diff-words.js";
import { edgesOf } from "./edges-of.js";
import { flattenSteps, type StepEntry } from "./flatten-steps.js";
import { longestCommon } from "./longest-common.js";
import { documentOf, readWorkflow } from "./read-workflow.js";
import type { Workflow } from "./workflow.js";

/** One thing that differs between two workflows. Steps inside nodes are named `shots/body/frame`. */
export type WorkflowChange =
  /** Something of the workflow itself: its name, its description, its input schema. */
  | {
      readonly kind: "workflow";
      readonly field: string;
      readonly left: JsonValue | undefined;
      readonly right: JsonValue | undefined;
    }
  | { readonly kind: "added" | "removed"; readonly step: string; readonly maker: string }
  /** It stands before or behind others than it did; places from 0. */
  | { readonly kind: "moved"; readonly step: string; readonly from: number; readonly to: number }
  | {
      readonly kind: "changed";
      readonly step: string;
      /** `provider`, `model`, `params.seed`, `node.options.weights`, ... */
      readonly field: string;
      readonly left: JsonValue | undefined;
      readonly right: JsonValue | undefined;
    }
  /** The words of a prompt that both have. */
  | { readonly kind: "prompt"; readonly step: string; readonly words: readonly WordChange[] }
  /** What it takes, reads or waits for, like `inputs firstFrame: frame`. */
  | {
      readonly kind: "edges";
      readonly step: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    };

/** What differs between two workflows; no change when they have one id. */
export interface WorkflowDiff {
  readonly isSame: boolean;
  readonly leftId: string;
  readonly rightId: string;
  readonly changes: readonly WorkflowChange[];
}

/**
 * What changed from one workflow to another: the workflow itself first, then its steps in the order of the right one, with
 * those that are gone at the end. Pure.
 *
 * @throws GenblazeError `INVALID_OPTION` for what is no workflow
 */
export function diffWorkflows(left: Workflow, right: Workflow): WorkflowDiff {
  const [before, after] = [readWorkflow(left), readWorkflow(right)];
  const changes = [...ownChanges(before, after), ...stepChanges(flattenSteps(before), flattenSteps(after))];
  return { isSame: before.id === after.id, leftId: before.id, rightId: after.id, changes };
}

function ownChanges(left: Workflow, right: Workflow): readonly WorkflowChange[] {
  const own = (workflow: Workflow) => {
    const { steps: _, ...others } = documentOf(workflow);
    // A workflow is read out of JSON, and its type, as an interface, has no index signature that would say so.
    return others as unknown as JsonObject;
  };
  return compareFields(own(left), own(right)).map((each) => ({ kind: "workflow", ...each }));
}

function stepChanges(
  left: ReadonlyMap<string, StepEntry>,
  right: ReadonlyMap<string, StepEntry>,
): readonly WorkflowChange[] {
  const kept = [...left.keys()].filter((step) => right.has(step));
  const stayed = stayedSteps(
    kept,
    [...right.keys()].filter((step) => left.has(step)),
  );
  const inRight = [...right].flatMap(([step, after]): readonly WorkflowChange[] => {
    const before = left.get(step);
    if (before === undefined) return [{ kind: "added", step, maker: after.maker }];
    const moved: readonly WorkflowChange[] = stayed.has(step)
      ? []
      : [{ kind: "moved", step, from: before.place, to: after.place }];
    return [...moved, ...changesOf(step, before, after)];
  });
  const gone = [...left].filter(([step]) => !right.has(step));
  return [...inRight, ...gone.map(([step, { maker }]) => ({ kind: "removed", step, maker }) as const)];
}

/** The most steps that stand in the same order in both; the others were moved. */
function stayedSteps(left: readonly string[], right: readonly string[]): ReadonlySet<string> {
  return new Set(longestCommon(left, right).map((pair) => right[pair.right] ?? ""));
}

function changesOf(step: string, before: StepEntry, after: StepEntry): readonly WorkflowChange[] {
  const [from, to] = [before.prompt, after.prompt];
  const isText = typeof from === "string" && typeof to === "string";
  const words: readonly WorkflowChange[] =
    isText && from !== to ? [{ kind: "prompt", step, words: diffWords(from, to) }] : [];
  const prompts = isText ? {} : { prompt: [from, to] as const };
  const fields = compareFields(
    { ...before.fields, ...pick(prompts.prompt?.[0]) },
    { ...after.fields, ...pick(prompts.prompt?.[1]) },
  );
  return [
    ...fields.map((each) => ({ kind: "changed", step, ...each }) as const),
    ...words,
    ...edgeChanges(step, before, after),
  ];
}

function pick(prompt: JsonValue | undefined): JsonObject {
  return prompt === undefined ? {} : { prompt };
}

function edgeChanges(step: string, before: StepEntry, after: StepEntry): readonly WorkflowChange[] {
  const [left, right] = [edgesOf(before.step), edgesOf(after.step)];
  const added = right.filter((edge) => !left.includes(edge));
  const removed = left.filter((edge) => !right.includes(edge));
  return added.length + removed.length === 0 ? [] : [{ kind: "edges", step, added, removed }];
}

/** What differs between two objects; objects in them are compared entry by entry. */
function compareFields(left: JsonObject, right: JsonObject, path = "") {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return names.flatMap((name): readonly FieldChange[] => {
    const field = path === "" ? name : `${path}.${name}`;
    const [from, to] = [left[name], right[name]];
    if (isObject(from) && isObject(to)) return compareFields(from, to, field);
    if (from !== undefined && to !== undefined && canonicalJson(from) === canonicalJson(to)) return [];
    return [{ field, left: from, right: to }];
  });
}

interface FieldChange {
  readonly field: string;
  readonly left: JsonValue | undefined;
  readonly right: JsonValue | undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
