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

/** Code and message of the `GenblazeError` that the work ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<readonly [string, string]> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return GenblazeError.isInstance(thrown) ? [thrown.code, thrown.message] : ["no GenblazeError", String(thrown)];
}

/** How many bytes of a 3 GB file that begins with `head` a handler reads to extract, strip and embed. */
export async function bytesReadOfLargeFile(handler: MediaHandler, head: Uint8Array): Promise<number> {
  let bytesRead = 0;
  const source = {
    sizeBytes: 3_000_000_000,
    async read(offset: number, length: number) {
      bytesRead += length;
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(offset, offset + length));
      return bytes;
    },
  };
  await handler.extract(source);
  await handler.strip(source);
  await handler.embed(source, new TextEncoder().encode("{}"));
  return bytesRead;
}

/** The bytes again and again. */
export function repeated(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from(Buffer.alloc(bytes.length * count, bytes));
}
