import { GenblazeError } from "../errors/genblaze-error.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Storage, StorageCallOptions } from "../storage/storage.js";
import { readStored } from "./read-stored.js";
import { MAX_WORKFLOW_CHARACTERS, readWorkflow, workflowText } from "./read-workflow.js";
import type { Workflow } from "./workflow.js";
import { nameInKey } from "./workflow-keys.js";

// A character has at most 3 bytes for each of its units.
const MAX_VERSION_BYTES = 3 * MAX_WORKFLOW_CHARACTERS;

/** False when the version is there already. */
export async function putVersion(
  storage: Storage,
  key: string,
  workflow: Workflow,
  call: StorageCallOptions,
): Promise<boolean> {
  try {
    const body = new TextEncoder().encode(workflowText(workflow));
    await storage.put(key, body, { ...call, ifAbsent: true, mediaType: "application/json" });
    return true;
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "STORAGE_CONFLICT") return false;
    throw error;
  }
}

/** The ids behind the beginning of their keys, in order. */
export async function listVersions(
  storage: Storage,
  beginning: string,
  call: StorageCallOptions,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { key } of storage.list(beginning, call)) {
    const id = nameInKey(key, beginning);
    if (id !== undefined && isSha256(id)) ids.push(id);
  }
  return ids;
}

/** The version of a key, hashed anew; STORAGE_FAILED for one that is not what its place says. */
export async function readVersion(
  storage: Storage,
  key: string,
  { name, id }: Pick<Workflow, "name" | "id">,
  call: StorageCallOptions,
): Promise<Workflow> {
  const stored = await readStored(storage, key, MAX_VERSION_BYTES, call).catch((error: unknown) => {
    throw isMissing(error) ? neverSaved(name, id, error) : error;
  });
  let problem = "It is another version than its place says.";
  try {
    const workflow = readWorkflow(stored);
    if (workflow.id === id && workflow.name === name.normalize("NFC")) return workflow;
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    problem = error.message;
  }
  const message = `Version ${id} of workflow "${name}" is damaged. ${problem} Restore the object ${JSON.stringify(key)} from a copy, or delete it and save the workflow again.`;
  throw new GenblazeError("STORAGE_FAILED", message, { isRetryable: false, details: { key } });
}

function isMissing(error: unknown): error is GenblazeError {
  return GenblazeError.isInstance(error) && error.code === "STORAGE_NOT_FOUND";
}

function neverSaved(name: string, id: string, cause: GenblazeError): GenblazeError {
  const message = `Workflow "${name}" has no version ${id} in this store. Save it first: store.save(workflow); store.versions("${name}") gives those that are there.`;
  return new GenblazeError("STORAGE_NOT_FOUND", message, { cause, details: cause.details });
}
