import { usageError } from "./output.js";
import { readBounded } from "./read-bounded.js";

const KEY_BYTES = 32;
/** 32 bytes as hex, with a line end or two. */
const MAX_BYTES = 70;

/** A secret key from a file that holds it raw or as hex digits. */
export async function readKeyBytes(path: string): Promise<Uint8Array> {
  const bytes = await readBounded(path, MAX_BYTES).catch(() => {
    throw usageError(`There is no readable key of 32 bytes at ${path}.`);
  });
  const text = Buffer.from(bytes).toString("latin1").trim();
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : bytes;
  if (key.length === KEY_BYTES) return key;
  throw usageError(
    `${path} must hold a key of ${KEY_BYTES} bytes, raw or as 64 hex digits; it has ${key.length} bytes.`,
  );
}
