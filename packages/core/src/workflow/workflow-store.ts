import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { checkOptions } from "../options/check-options.js";
import type { Storage } from "../storage/storage.js";
import { allEntries, appendEntry, type LabelEntry, type LabelPlace, lastEntry } from "./label-entries.js";
import { readWorkflow } from "./read-workflow.js";
import { rollbackTarget } from "./rollback-target.js";
import {
  type RollbackOptions,
  rollbackOptions,
  type SavedWorkflow,
  type SetLabelOptions,
  setLabelOptions,
  storageShape,
  storeOptions,
  type WorkflowCallOptions,
  type WorkflowStoreOptions,
} from "./store-options.js";
import { listVersions, putVersion, readVersion } from "./version-files.js";
import type { Workflow } from "./workflow.js";
import { workflowKeys } from "./workflow-keys.js";
import { workflowProblem } from "./workflow-problem.js";

/** Versions of workflows that never change, and labels that point at them. */
export interface WorkflowStore {
  /** Keeps a version. Saving the same one again changes nothing. */
  save(workflow: Workflow, options?: WorkflowCallOptions): Promise<SavedWorkflow>;
  /** A version, its content hashed anew. STORAGE_NOT_FOUND; STORAGE_FAILED for one that is damaged. */
  get(name: string, id: string, options?: WorkflowCallOptions): Promise<Workflow>;
  /** Ids of all versions of a workflow, in the order of the ids. */
  versions(name: string, options?: WorkflowCallOptions): Promise<readonly string[]>;
  /** Where a label stands; undefined for one that was never put. */
  label(name: string, label: string, options?: WorkflowCallOptions): Promise<LabelEntry | undefined>;
  /**
   * Moves a label to a version that was saved. Moving it to where it stands writes nothing. STORAGE_CONFLICT, saying where
   * it stands, when that is not `expected`. Of many that move a label at once all are written, one after the other.
   */
  setLabel(name: string, label: string, id: string, options?: SetLabelOptions): Promise<LabelEntry>;
  /** All moves of a label, from the first one. */
  history(name: string, label: string, options?: WorkflowCallOptions): Promise<readonly LabelEntry[]>;
  /**
   * Moves a label back to where it stood before, as a new entry. Rolling back once more goes further back, not forth
   * again. INVALID_OPTION when there is nothing so far back.
   */
  rollback(name: string, label: string, options?: RollbackOptions): Promise<LabelEntry>;
}

/**
 * Keeps versions of workflows and moves labels between them, in any storage whose `put` knows `ifAbsent`; processes may
 * share it. Versions lie at `<prefix>/<name>/versions/<id>.json`, the moves of a label at
 * `<prefix>/<name>/labels/<label>/<number>.json`. What is read back is verified.
 *
 * @throws GenblazeError `INVALID_OPTION`
 * @example
 * const store = workflowStore(folder("out"));
 * const { id } = await store.save(toWorkflow(film));
 * await store.setLabel("film", "production", id, { by: "mara", note: "warmer colours" });
 * await store.rollback("film", "production");
 */
export function workflowStore(storage: Storage, options: WorkflowStoreOptions = {}): WorkflowStore {
  const { prefix = "workflows", clock = systemClock } = checkOptions(storeOptions, options, "workflowStore(options)");
  if (!storageShape.safeParse(storage).success) {
    throw workflowProblem(
      'workflowStore(storage): a storage like folder("out") is expected; something else was given.',
    );
  }
  const keys = workflowKeys(prefix);
  const placeOf = (name: string, label: string): LabelPlace => ({ storage, keys, name, label });
  const now = () => new Date(clock.now()).toISOString();

  const get: WorkflowStore["get"] = async (name, id, call = {}) => {
    throwIfAborted(call.signal);
    return readVersion(storage, keys.version(name, id), { name, id }, call);
  };

  return {
    get,
    async save(workflow, call = {}) {
      const read = readWorkflow(workflow);
      const isNew = await putVersion(storage, keys.version(read.name, read.id), read, call);
      if (!isNew) await get(read.name, read.id, call);
      return { id: read.id, isNew };
    },
    versions: async (name, call = {}) => listVersions(storage, keys.versions(name), call),
    label: async (name, label, call = {}) => lastEntry(placeOf(name, label), call),
    history: async (name, label, call = {}) => allEntries(placeOf(name, label), call),
    async setLabel(name, label, id, given = {}) {
      const {
        expected,
        by,
        note,
        signal: end,
      } = checkOptions(setLabelOptions, given, "setLabel(name, label, id, options)");
      const call = toCall(end);
      await get(name, id, call);
      const entry = await appendEntry(placeOf(name, label), call, async (last) => {
        assertExpected(name, label, expected, last);
        return last?.id === id ? undefined : { id, at: now(), by, note };
      });
      return written(entry);
    },
    async rollback(name, label, given = {}) {
      const {
        steps = 1,
        expected,
        by,
        note,
        signal: end,
      } = checkOptions(rollbackOptions, given, "rollback(name, label, options)");
      const call = toCall(end);
      const place = placeOf(name, label);
      const entry = await appendEntry(place, call, async (last) => {
        assertExpected(name, label, expected, last);
        const target = rollbackTarget(await allEntries(place, call), last, steps, place);
        await get(name, target.id, call);
        return { id: target.id, at: now(), by, note, restores: target.number };
      });
      return written(entry);
    },
  };
}

function toCall(end: AbortSignal | undefined): WorkflowCallOptions {
  return end === undefined ? {} : { signal: end };
}

function assertExpected(
  name: string,
  label: string,
  expected: string | null | undefined,
  last: LabelEntry | undefined,
): void {
  if (expected === undefined || expected === (last?.id ?? null)) return;
  const stands = last === undefined ? "was never put" : `stands on ${last.id} now (move ${last.number})`;
  const who = last?.by === undefined ? "" : `, put there by ${last.by}`;
  const message = `Label "${label}" of workflow "${name}" ${stands}${who}, and not where it was expected. Look at it, and move it again from there.`;
  const details = { name, label, id: last?.id ?? null, number: last?.number ?? null };
  throw new GenblazeError("STORAGE_CONFLICT", message, { details });
}

function written(entry: LabelEntry | undefined): LabelEntry {
  if (entry !== undefined) return entry;
  throw new GenblazeError("UNEXPECTED", "A label was moved, but no move was written.");
}
