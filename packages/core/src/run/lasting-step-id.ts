import { hashText } from "../json/hash-text.js";

/**
 * The id of a step that a pipeline got after its run had begun: the same in every process, though no journal has it. A
 * UUID of version 8 (RFC 9562, section 5.8) out of a SHA-256.
 */
export function lastingStepId(runId: string, key: string): string {
  const hash = hashText(JSON.stringify([runId, key]));
  const [first, second, last] = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(18, 30)];
  return `${first}-${second}-8${hash.slice(12, 15)}-8${hash.slice(15, 18)}-${last}`;
}
