import { hashText } from "../json/hash-text.js";

/** Longest id of a batch in UTF-16 units: with 33 more the ids of its runs are still run ids. */
export const MAX_BATCH_ID_LENGTH = 150;
/** 128 bits: no two items of any batch come to the same. */
const HASH_DIGITS = 32;

/** The id of an item's run: it follows from the batch and the item's key, so that it is the same in every process. */
export function itemRunId(batchId: string, key: string): string {
  return `${batchId}-${hashText(JSON.stringify([batchId, key])).slice(0, HASH_DIGITS)}`;
}
