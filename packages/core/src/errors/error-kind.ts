import type { ERROR_CODES, ErrorCode, ProviderErrorKind } from "./error-codes.js";

type Kinds = { readonly [Code in ErrorCode]: (typeof ERROR_CODES)[Code]["kind"] };
type UnusualCode = { [Code in ErrorCode]: Kinds[Code] extends "invalid_input" ? never : Code }[ErrorCode];

/** What `ERROR_CODES` says where it says something unusual; the compiler compares the two. */
const UNUSUAL_KINDS: Pick<Kinds, UnusualCode> = {
  OUTPUT_INVALID: "model_error",
  MODEL_ERROR: "model_error",
  CIRCUIT_OPEN: "server_error",
  SERVER_ERROR: "server_error",
  STORAGE_FAILED: "server_error",
  CACHE_FAILED: "server_error",
  JOURNAL_FAILED: "server_error",
  SINK_FAILED: "server_error",
  DOWNLOAD_FAILED: "server_error",
  RUN_FAILED: "unknown",
  CANCELLED: "unknown",
  UNEXPECTED: "unknown",
  FILE_WRITE_FAILED: "unknown",
  SUBMIT_UNKNOWN: "unknown",
  TIMED_OUT: "timeout",
  RATE_LIMITED: "rate_limit",
  AUTH_FAILED: "auth_failure",
  CONTENT_POLICY: "content_policy",
};
const RETRYABLE_KINDS: readonly ProviderErrorKind[] = ["timeout", "rate_limit", "server_error"];

/** The kind of a code, without the table of all codes: that stays out of pages that only read manifests. */
export function kindOf(code: ErrorCode): ProviderErrorKind {
  return isUnusual(code) ? UNUSUAL_KINDS[code] : "invalid_input";
}

/** Whether trying the same thing again can help against errors of a kind. */
export function isRetryableKind(kind: ProviderErrorKind): boolean {
  return RETRYABLE_KINDS.includes(kind);
}

function isUnusual(code: ErrorCode): code is UnusualCode {
  return code in UNUSUAL_KINDS;
}
