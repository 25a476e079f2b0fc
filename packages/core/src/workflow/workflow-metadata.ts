import type { JsonObject } from "../json/json-value.js";
import { isSha256 } from "../manifest/is-sha256.js";
import { workflowProblem } from "./workflow-problem.js";

/** What the metadata of a run says of the workflow that it ran. */
export interface WorkflowMetadata {
  readonly workflow: { readonly id: string; readonly name: string };
}

/**
 * The version of a workflow as facts for the metadata of a pipeline, and so for the manifests of its runs, hashed.
 * `fromWorkflow` adds them by itself.
 */
export function workflowMetadata({ id, name }: { readonly id: string; readonly name: string }): WorkflowMetadata {
  return { workflow: { id, name } };
}

/** Metadata without the version that it was run as, which cannot be part of what that version is the hash of. */
export function withoutVersion(metadata: JsonObject): JsonObject {
  if (!Object.hasOwn(metadata, "workflow")) return metadata;
  const { workflow, ...others } = metadata;
  if (isVersion(workflow)) return others;
  throw workflowProblem(
    'The entry "workflow" of a pipeline\'s metadata says which version of a workflow it is; something else stands there. Choose another name for it.',
  );
}

function isVersion(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  const id: unknown = Reflect.get(value, "id");
  return typeof id === "string" && isSha256(id) && typeof Reflect.get(value, "name") === "string";
}
