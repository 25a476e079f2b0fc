import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import { findNonJson } from "../json/find-non-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonValue } from "../json/json-value.js";
import { batchError } from "./batch-error.js";
import type { CheckedBatch } from "./batch-options.js";
import { assertLedgerKey } from "./ledger.js";

/** Gives each item the key that the ledger knows it by; to be called once an item, in their order. */
export function itemKeys<Item>(
  { key, ledger }: Pick<CheckedBatch<Item, unknown>, "key" | "ledger">,
  pipeline: string,
): (item: Item, index: number) => string {
  if (key !== undefined) {
    return (item, index) => {
      const own = ownKey(key, item, index, pipeline);
      assertLedgerKey(own);
      return own;
    };
  }
  // Telling equal items apart takes memory for each, which nobody needs without a ledger.
  if (ledger === undefined) return (_, index) => `item-${index}`;
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

function ownKey<Item>(key: (item: Item, index: number) => unknown, item: Item, index: number, pipeline: string) {
  try {
    return key(item, index);
  } catch (thrown) {
    throw batchError(pipeline, `its option key threw for item ${index}`, thrown);
  }
}
