import { readAll } from "../storage/read-all.js";
import type { Storage } from "../storage/storage.js";

const KEY_BYTES = 32;
/** No SHA-256, so that no asset is under it. */
const PLACE = "salt-key";

/**
 * The secret that the salts of one run are made of, where its owner has given none: made once, and kept with the run's
 * bytes, so that a process that goes on makes the same commitments and can open those of before.
 */
export async function saltKeyOf(spool: Storage, randomBytes: (length: number) => Uint8Array): Promise<Uint8Array> {
  if ((await spool.head(PLACE)) === undefined) await spool.put(PLACE, randomBytes(KEY_BYTES));
  return readAll(await spool.get(PLACE));
}
