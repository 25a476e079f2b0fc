import { GenblazeError, type MediaHandler } from "@genblaze/core";
import { createMemorySource } from "../src/binary/memory-source.js";
import { renderPieces } from "../src/binary/pieces.js";

/** The operations of a handler from bytes to bytes; manifests are texts. */
export function operationsOf(handler: MediaHandler) {
  return {
    async extract(bytes: Uint8Array): Promise<string | undefined> {
      const payload = await handler.extract(createMemorySource(bytes));
      return payload && new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload);
    },
    async embed(bytes: Uint8Array, payload: string): Promise<Uint8Array> {
      return renderPieces(bytes, await handler.embed(createMemorySource(bytes), new TextEncoder().encode(payload)));
    },
    async strip(bytes: Uint8Array): Promise<Uint8Array> {
      return renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
    },
  };
}

/** The code of the `GenblazeError` that the work ends with, "no error", or what else was thrown. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no error",
    (error: unknown) => (GenblazeError.isInstance(error) ? error.code : `no GenblazeError: ${String(error)}`),
  );
}

/** The bytes again and again. */
export function repeated(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from(Buffer.alloc(bytes.length * count, bytes));
}
