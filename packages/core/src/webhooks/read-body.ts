import type { Clock } from "../provider/clock.js";

/** What came of reading a body: its bytes, or why there are none. */
export type BodyOutcome =
  | { readonly status: "read"; readonly bytes: Uint8Array }
  | { readonly status: "too-large" | "too-slow" | "broken" };

export interface ReadBodyOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Reads a body up to a number of bytes, which are counted as they come: what the sender says of its length is not
 * believed. Reading stops, and the sender is told so, at the limit and when the time is up.
 */
export async function readBody(request: Request, options: ReadBodyOptions): Promise<BodyOutcome> {
  const { body } = request;
  if (body === null) return { status: "read", bytes: new Uint8Array(0) };
  const reader: Reader = body.getReader();
  let stopTimer = () => {};
  const tooSlow = new Promise<BodyOutcome>((resolve) => {
    stopTimer = options.clock.schedule(() => resolve({ status: "too-slow" }), options.timeoutMs);
  });
  try {
    const outcome = await Promise.race([readAll(reader, options.maxBytes), tooSlow]);
    // Not awaited: a stream that hangs may hang in this too.
    if (outcome.status !== "read") reader.cancel().catch(() => undefined);
    return outcome;
  } finally {
    stopTimer();
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readAll(reader: Reader, maxBytes: number): Promise<BodyOutcome> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) return { status: "too-large" };
      chunks.push(part.value);
    }
  } catch {
    return { status: "broken" };
  }
  return { status: "read", bytes: Buffer.concat(chunks, size) };
}
