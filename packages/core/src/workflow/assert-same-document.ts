import { canonicalJson } from "../json/canonical-json.js";
import type { JsonObject } from "../json/json-value.js";
import { describeWorkflowDiff } from "./describe-workflow-diff.js";
import { diffWorkflows } from "./diff-workflows.js";
import { documentOf } from "./read-workflow.js";
import type { Workflow } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";

/**
 * A document that says something in another way than `toWorkflow` does would come back with another id, and one whose
 * nodes are not made as it says would do something else: both are refused. What providers accept may have grown.
 */
export function assertSameDocument(given: Workflow, again: Workflow): void {
  if (canonicalJson(withoutAccepted(given)) === canonicalJson(withoutAccepted(again))) return;
  const { changes, ...ids } = diffWorkflows(given, again);
  const telling = changes.filter((change) => change.kind !== "changed" || change.field !== "accepts");
  const [, first] = describeWorkflowDiff({ ...ids, changes: telling });
  const where = first === undefined ? "" : ` First:${first.slice(1)}.`;
  const message = `Workflow "${given.name}" is not written as toWorkflow(...) writes it, or a node of it cannot be made as it says.${where} Leave out what stands at its default.`;
  throw workflowProblem(message, { workflow: given.name, id: given.id });
}

function withoutAccepted(workflow: Workflow): JsonObject {
  const isProvider = (key: string, value: unknown): value is object =>
    key === "provider" && typeof value === "object" && value !== null;
  const text = JSON.stringify(documentOf(workflow), (key, value: unknown) =>
    isProvider(key, value) ? { ...value, accepts: undefined } : value,
  );
  // What JSON.parse gives of an object is one.
  return JSON.parse(text) as JsonObject;
}
