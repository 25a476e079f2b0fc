import { jsonProblem } from "./json-problem.js";

/**
 * The text of UTF-8 bytes that should be JSON; a byte order mark stays, and is no JSON.
 *
 * @throws GenblazeError `INVALID_JSON`
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw jsonProblem(0, "UTF-8 text", cause);
  }
}
