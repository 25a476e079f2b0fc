import { canonicalJson } from "../json/canonical-json.js";
import { findNonJson } from "../json/find-non-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";
import type { Workflow, WorkflowDocument } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";
import { workflowDocument } from "./workflow-schema.js";

/** Far above any pipeline; a document is held in memory several times while it is read. */
export const MAX_WORKFLOW_CHARACTERS = 4_000_000;

/**
 * Reads a workflow that may come from anywhere: strict in its fields, at most 4 million characters of JSON and 90 levels
 * deep, and with the id that its content has.
 *
 * @throws GenblazeError `INVALID_OPTION` saying what is wrong
 */
export function readWorkflow(given: unknown): Workflow {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw workflowProblem(`A workflow is expected, as toWorkflow(...) makes it; ${describeValue(given)} was given.`);
  }
  const { id, ...rest }: Readonly<Record<string, unknown>> = { ...given };
  const workflow = sealWorkflow(rest);
  if (id === workflow.id) return workflow;
  const message = `The id of workflow "${workflow.name}" is not the hash of its content, which is ${workflow.id}. Take the document as it was saved, or make a new one with toWorkflow(...).`;
  throw workflowProblem(message, { workflow: workflow.name, expected: workflow.id });
}

/** The document in the form that is hashed and stored, with its id. */
export function sealWorkflow(document: unknown): Workflow {
  const canonical = toCanonical(document);
  const verdict = workflowDocument.safeParse(canonical);
  if (!verdict.success) {
    const [issue] = verdict.error.issues;
    const place = (issue?.path ?? []).map(String).join(".");
    const where = place === "" ? "" : ` at "${place}"`;
    throw workflowProblem(`This is no workflow${where}: ${issue?.message ?? "it does not fit"}.`, { place });
  }
  return Object.freeze({ id: hashText(canonicalJson(canonical)), ...verdict.data });
}

/** The same workflow as the text that stores keep. */
export function workflowText(workflow: Workflow): string {
  return canonicalJson(plainJson(workflow));
}

/** The same document without its id. */
export function documentOf({ id: _, ...document }: Workflow): WorkflowDocument {
  return document;
}

/** Texts in NFC and floats to 10 places, as the canonical form has them, so that a hash covers what is there. */
function toCanonical(document: unknown): JsonObject {
  const canonical: unknown = JSON.parse(canonicalJson(plainJson(document)));
  // Once more, since a float that was rounded to -0.0 is 0 when it is hashed.
  return plainJson(canonical);
}

/** The value as JSON has it: entries that are undefined left out; bounded in depth and size. */
function plainJson(value: unknown): JsonObject {
  const text = toText(value);
  if (text.length > MAX_WORKFLOW_CHARACTERS) {
    const message = `A workflow has at most ${MAX_WORKFLOW_CHARACTERS} characters of JSON; this one has ${text.length}. Keep long texts in files.`;
    throw workflowProblem(message);
  }
  const plain: unknown = JSON.parse(text);
  const place = findNonJson(plain);
  if (place !== undefined) {
    throw workflowProblem(`A workflow is JSON of at most 90 levels; "${place}" is none, or too deep.`, { place });
  }
  // It was an object before it was written.
  return plain as JsonObject;
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // A circle, a bigint, or more levels than the stack holds: nothing that came out of JSON.
    throw workflowProblem(`A workflow is JSON; this cannot be written as such (${String(cause).slice(0, 100)}).`);
  }
}
