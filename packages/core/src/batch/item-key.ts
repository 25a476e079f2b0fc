import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import { findNonJson } from "../json/find-non-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonValue } from "../json/json-value.js";
import { quoteValue } from "../options/describe-value.js";
import { batchError } from "./batch-error.js";
import type { CheckedBatch } from "./batch-options.js";
import { assertLedgerKey } from "./ledger.js";

/** What an item is known by. */
export interface ItemKey {
  readonly key: string;
  /** The earlier item of the batch that has the same key, so that the ledger would take one for the other. */
  readonly sameAs: number | undefined;
}

/**
 * Gives each item the key that the ledger knows it by; to be called once an item, in their order. With a ledger it
 * remembers every key, as the ledger itself does.
 */
export function itemKeys<Item>(
  batch: Pick<CheckedBatch<Item, unknown>, "key" | "ledger">,
  pipeline: string,
): (item: Item, index: number) => ItemKey {
  const { key, ledger } = batch;
  if (key === undefined) {
    const keyOf = ledger === undefined ? (_: Item, index: number) => `item-${index}` : contentKeys();
    return (item, index) => ({ key: keyOf(item, index), sameAs: undefined });
  }
  const first = new Map<string, number>();
  return (item, index) => {
    const own = ownKey(key, item, index, pipeline);
    assertLedgerKey(own);
    const sameAs = first.get(own);
    if (ledger !== undefined && sameAs === undefined) first.set(own, index);
    return { key: own, sameAs };
  };
}

/** The hash of an item's content, with a number for items equal to earlier ones. */
function contentKeys(): (item: unknown, index: number) => string {
  const seen = new Map<string, number>();
  return (item, index) => {
    if (findNonJson(item) !== undefined) {
      const message = `Item ${index} is no JSON, so that no ledger can know it. Give batch the option key: (item) => item.id.`;
      throw new GenblazeError("INVALID_OPTION", message, { details: { index } });
    }
    // It was just found to be JSON.
    const hash = hashText(canonicalJson(item as JsonValue));
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return count === 1 ? hash : `${hash}#${count}`;
  };
}

/** The error of an item that the ledger could not tell from an earlier one. */
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
