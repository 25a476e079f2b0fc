import { GenblazeError } from "@genblaze/core/provider";

const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The body of an answer as text, at most 32 MiB of it: SERVER_ERROR for a longer one. An abort ends it with the signal's
 * reason and closes the connection: the signal that was given to `fetch` does so only until its request is collected as
 * garbage, which may be any time once the headers are there (seen with Node 20).
 */
export async function readAnswer(name: string, response: Response, signal: AbortSignal): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    // It may have aborted before there was a listener.
    signal.throwIfAborted();
    const text = await readText(name, reader);
    // A reader that is cancelled ends like one that has read everything.
    signal.throwIfAborted();
    return text;
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function readText(name: string, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.byteLength;
    if (size > MOST_ANSWER_BYTES) {
      throw new GenblazeError("SERVER_ERROR", `${name} answers with more than ${MOST_ANSWER_BYTES} bytes.`);
    }
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}
