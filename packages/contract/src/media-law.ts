import { type ByteSource, GenblazeError, type MediaHandler, type Piece } from "@genblaze/core";

/**
 * What is wrong with how a handler treats a file: it must embed, extract and strip by the law, or refuse the file
 * with a `GenblazeError`. Undefined when nothing is. No test framework is needed, so that fuzzers can use it.
 */
export async function findLawBreach(
  handler: MediaHandler,
  bytes: Uint8Array,
  payload = '{"a":1}',
): Promise<string | undefined> {
  try {
    await refusedOrGiven(() => extractText(handler, bytes));
    const clean = await refusedOrGiven(() => stripBytes(handler, bytes));
    const embedded = await refusedOrGiven(() => embedText(handler, bytes, payload));
    return embedded === undefined ? undefined : await breachOf(handler, clean, embedded, payload);
  } catch (error) {
    return `threw something else than a GenblazeError: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

async function breachOf(
  handler: MediaHandler,
  clean: Uint8Array | undefined,
  embedded: Uint8Array,
  payload: string,
): Promise<string | undefined> {
  if (clean === undefined) return "strip refuses a file that embed takes";
  if (!sameBytes(await stripBytes(handler, embedded), clean)) return "strip(embed(x)) is not strip(x)";
  if ((await extractText(handler, embedded)) !== payload) return "extract(embed(x)) is not what was embedded";
  if (!sameBytes(await embedText(handler, embedded, payload), embedded)) return "embedding twice is not embedding once";
  if (!sameBytes(await stripBytes(handler, clean), clean)) return "strip(strip(x)) is not strip(x)";
  return undefined;
}

/** The text that a handler finds in a file. */
export async function extractText(handler: MediaHandler, bytes: Uint8Array): Promise<string | undefined> {
  const payload = await handler.extract(sourceOf(bytes));
  return payload && new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload);
}

/** The file with a text embedded. */
export async function embedText(handler: MediaHandler, bytes: Uint8Array, payload: string): Promise<Uint8Array> {
  return render(bytes, await handler.embed(sourceOf(bytes), new TextEncoder().encode(payload)));
}

/** The file without anything of ours. */
export async function stripBytes(handler: MediaHandler, bytes: Uint8Array): Promise<Uint8Array> {
  return render(bytes, await handler.strip(sourceOf(bytes)));
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

async function refusedOrGiven<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (GenblazeError.isInstance(error)) return undefined;
    throw error;
  }
}

function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new GenblazeError("MEDIA_MALFORMED", `read of ${length} bytes at ${offset} of ${bytes.length}`);
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}

function render(bytes: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  return Buffer.concat(pieces.map((piece) => (piece.kind === "bytes" ? piece.bytes : range(bytes, piece))));
}

function range(bytes: Uint8Array, { start, end }: { start: number; end: number }): Uint8Array {
  if (start < 0 || start > end || end > bytes.length)
    throw new Error(`piece ${start} to ${end} of ${bytes.length} bytes`);
  return bytes.subarray(start, end);
}
