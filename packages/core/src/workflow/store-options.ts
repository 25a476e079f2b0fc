import { z } from "zod";
import { isSha256 } from "../manifest/is-sha256.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import type { Storage, StorageCallOptions } from "../storage/storage.js";

/** What {@link workflowStore} takes besides a storage. */
export interface WorkflowStoreOptions {
  /** The folder of all workflows. @default "workflows" */
  readonly prefix?: string | undefined;
  /** Tells when a label was moved. @default real time */
  readonly clock?: Clock | undefined;
}

/** Whoever may end a call. */
export type WorkflowCallOptions = StorageCallOptions;

/** What saving a workflow came to. */
export interface SavedWorkflow {
  readonly id: string;
  /** False when the same version was there already. */
  readonly isNew: boolean;
}

/** Who moves a label, and why. */
export interface MoveOptions extends WorkflowCallOptions {
  /** @default nobody is named */
  readonly by?: string | undefined;
  /** @default none */
  readonly note?: string | undefined;
  /**
   * The version that the label must stand on for it to be moved; null for a label that must not be there yet.
   * @default wherever it stands
   */
  readonly expected?: string | null | undefined;
}

export type SetLabelOptions = MoveOptions;

export interface RollbackOptions extends MoveOptions {
  /** How many moves to take back; those that were taken back already do not count. @default 1 */
  readonly steps?: number | undefined;
}

const signal = objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional();
export const storeOptions = z.strictObject({
  prefix: z.string("a folder is expected").min(1, "a folder is expected").optional(),
  clock: objectWith<Clock>("now", "schedule").optional(),
});
export const storageShape = objectWith<Storage>("put", "get", "list");
const words = z.string("a text is expected").max(10_000, "at most 10,000 characters are expected").optional();
const moveOptions = {
  signal,
  by: words,
  note: words,
  expected: z.string("the id of a version, or null, is expected").refine(isSha256, "an id is expected").nullish(),
};
export const setLabelOptions = z.strictObject(moveOptions);
export const rollbackOptions = z.strictObject({
  ...moveOptions,
  steps: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
});
