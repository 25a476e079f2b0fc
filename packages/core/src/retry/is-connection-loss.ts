import { causeChain } from "./cause-chain.js";
import { tellsOfLoss } from "./network-codes.js";

/**
 * Whether a connection could not be made or was lost, by the codes in the chain of causes. What has no lasting effect,
 * like a poll, can be tried again then; a submit only when {@link isRejected} says so. Not for refused certificates
 * and answers that are no HTTP, which will be the same the next time.
 */
export function isConnectionLoss(error: unknown): boolean {
  return causeChain(error).some(tellsOfLoss);
}
