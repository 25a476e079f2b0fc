import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import { findNonJson } from "../json/find-non-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonValue } from "../json/json-value.js";
import { quoteValue } from "../options/describe-value.js";
import { batchError } from "./batch-error.js";
import type { CheckedBatch } from "./check-batch-options.js";
import { assertLedgerKey } from "./ledger.js";

/** What an item is known by. */
export interface ItemKey {
  readonly key: string;
  /** The earlier item of the batch that has the same key, so that one would be taken for the other. */
  readonly sameAs: number | undefined;
}

/**
 * Gives each item the key that it is known by; to be called once an item, in their order. Where a ledger or the ids of
 * runs go by keys it remembers every one, as the ledger itself does.
 */
export function itemKeys<Item>(
  batch: Pick<CheckedBatch<Item, unknown>, "key" | "ledger" | "batchId">,
  pipeline: string,
): (item: Item, index: number) => ItemKey {
  const { key, ledger, batchId } = batch;
  const isKnownByKey = ledger !== undefined || batchId !== undefined;
  if (key === undefined) {
    const keyOf = isKnownByKey ? contentKeys() : (_: Item, index: number) => `item-${index}`;
    return (item, index) => ({ key: keyOf(item, index), sameAs: undefined });
  }
  const first = new Map<string, number>();
  return (item, index) => {
    const own = ownKey(key, item, index, pipeline);
    assertLedgerKey(own);
    const sameAs = first.get(own);
    if (isKnownByKey && sameAs === undefined) first.set(own, index);
    return { key: own, sameAs };
  };
}

/** The hash of an item's content, with a number for items equal to earlier ones. */
function contentKeys(): (item: unknown, index: number) => string {
  const seen = new Map<string, number>();
  return (item, index) => {
    if (findNonJson(item) !== undefined) {
      const message = `Item ${index} is no JSON, so that it cannot be known again. Give batch the option key: (item) => item.id.`;
      throw new GenblazeError("INVALID_OPTION", message, { details: { index } });
    }
    // It was just found to be JSON.
    const hash = hashText(canonicalJson(item as JsonValue));
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return count === 1 ? hash : `${hash}#${count}`;
  };
}

/** The error of an item that could not be told from an earlier one. */
export function sameKey({ key }: ItemKey, earlier: number, index: number): GenblazeError {
  const message = `Items ${earlier} and ${index} have the key ${quoteValue(key)}. Give each its own.`;
  return new GenblazeError("INVALID_OPTION", message, { details: { index, earlier } });
}

function ownKey<Item>(key: (item: Item, index: number) => unknown, item: Item, index: number, pipeline: string) {
  try {
    return key(item, index);
  } catch (thrown) {
    throw batchError(pipeline, `its option key threw for item ${index}`, thrown);
  }
}
