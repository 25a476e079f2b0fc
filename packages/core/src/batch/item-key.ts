import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import { findNonJson } from "../json/find-non-json.js";
import { hashText } from "../json/hash-text.js";
import type { JsonValue } from "../json/json-value.js";
import type { CheckedBatch } from "./batch-options.js";
import { assertLedgerKey } from "./ledger.js";

/** Gives each item the key that the ledger knows it by; to be called once an item, in their order. */
export function itemKeys<Item>({
  key,
  ledger,
}: Pick<CheckedBatch<Item, unknown>, "key" | "ledger">): (item: Item, index: number) => string {
  if (key !== undefined) {
    return (item, index) => {
      const own: unknown = key(item, index);
      assertLedgerKey(own);
      return own;
    };
  }
  const seen = new Map<string, number>();
  return (item, index) => {
    if (findNonJson(item) !== undefined) {
      if (ledger === undefined) return `item-${index}`;
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
