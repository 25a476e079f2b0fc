import { readAll } from "../storage/read-all.js";

/** All chunks of a stream as one array of bytes, or undefined as soon as there are more than the limit. */
export async function readAtMost(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  let isOver = false;
  async function* within(): AsyncIterable<Uint8Array> {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      isOver = sizeBytes > limitBytes;
      if (isOver) return;
      yield chunk;
    }
  }
  const bytes = await readAll(within());
  return isOver ? undefined : bytes;
}
