import type { ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { causeChain } from "./cause-chain.js";
import { provesNoConnection } from "./network-codes.js";

/** Codes that say that no job is under way: the provider's refusals, and what is thrown before anything is sent. */
const rejections: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "RATE_LIMITED",
  "AUTH_FAILED",
  "INVALID_INPUT",
  "CONTENT_POLICY",
  "MODEL_ERROR",
  "INVALID_OPTION",
  "WRONG_MODALITY",
  "INPUT_INVALID",
  "REFERENCE_FAILED",
  "TEMPLATE_INVALID",
  "HASH_IMPOSSIBLE",
  "FILE_NOT_FOUND",
  "MEDIA_UNSUPPORTED",
  "MEDIA_MALFORMED",
  "MEDIA_TOO_LARGE",
  "STORAGE_KEY_INVALID",
  "STORAGE_NOT_FOUND",
  "STORAGE_FAILED",
  "DOWNLOAD_REFUSED",
  "DOWNLOAD_FAILED",
  "KEY_INVALID",
  "OPENING_NEEDED",
  "OPENING_INVALID",
  "BUDGET_EXCEEDED",
  "PRICE_UNKNOWN",
]);

/** What adapters wrap a failure of the network in; under any other code a cause proves nothing about the submit. */
const wrappers: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["SERVER_ERROR", "TIMED_OUT", "UNEXPECTED"]);

/**
 * Whether a failed submit was unambiguous: the provider surely did not take the job, so that asking again, or asking
 * another one, cannot pay twice. By the error's own `isRejected`, its code, and network errors among its causes that
 * prove that no connection was made. An `isRejected: false` anywhere among the causes wins. Everything else is
 * ambiguous: most 5xx, time limits, resets, half answers, bugs.
 */
export function isRejected(error: unknown): boolean {
  const chain = causeChain(error);
  const makers = chain.filter((link) => GenblazeError.isInstance(link));
  if (makers.some((link) => link.isRejected === false)) return false;
  if (GenblazeError.isInstance(error) && (error.isRejected === true || rejections.has(error.code))) return true;
  return makers.every(({ code }) => wrappers.has(code)) && chain.some(provesNoConnection);
}
