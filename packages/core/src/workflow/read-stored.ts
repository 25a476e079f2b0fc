import { GenblazeError } from "../errors/genblaze-error.js";
import { decodeUtf8 } from "../json/decode-utf8.js";
import type { Storage, StorageCallOptions } from "../storage/storage.js";

/** The JSON of an object; undefined for bytes that are no JSON, or more than the limit. */
export async function readStored(
  storage: Storage,
  key: string,
  limitBytes: number,
  call: StorageCallOptions,
): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of await storage.get(key, call)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return parse(joined(chunks, sizeBytes));
}

function joined(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || GenblazeError.isInstance(error)) return undefined;
    throw error;
  }
}
