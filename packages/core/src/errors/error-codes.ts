/** The eight failure kinds of the Python library, as they stand in `error_code` of a manifest step. */
export type ProviderErrorKind =
  | "timeout"
  | "rate_limit"
  | "auth_failure"
  | "invalid_input"
  | "model_error"
  | "server_error"
  | "content_policy"
  | "unknown";

export interface ErrorCodeFacts {
  /** The kind that a manifest records when a step ends with this code. */
  readonly kind: ProviderErrorKind;
  /** Whether trying the same thing again can help. */
  readonly isRetryable: boolean;
}

/** Every code this SDK throws. `docs/reference/errors.md` lists the same codes; a test compares the two. */
export const ERROR_CODES = {
  /** An option is missing, unknown or of the wrong type. */
  INVALID_OPTION: { kind: "invalid_input", isRetryable: false },
  /** A pipeline without a step was planned or run. */
  EMPTY_PIPELINE: { kind: "invalid_input", isRetryable: false },
  /** A name refers to no step of the pipeline. */
  UNKNOWN_STEP: { kind: "invalid_input", isRetryable: false },
  /** Two steps of one pipeline have the same name. */
  DUPLICATE_STEP: { kind: "invalid_input", isRetryable: false },
  /** Steps wait for each other in a circle. */
  CYCLE: { kind: "invalid_input", isRetryable: false },
  /** A step is given media that its provider does not accept. */
  WRONG_MODALITY: { kind: "invalid_input", isRetryable: false },
  /** The run's input does not fit the pipeline's input schema. */
  INPUT_INVALID: { kind: "invalid_input", isRetryable: false },
  /** The function of a from(...) threw, or gave something that is not JSON. */
  REFERENCE_FAILED: { kind: "invalid_input", isRetryable: false },
  /** A provider's output does not fit the step's schema, or is no output at all. */
  OUTPUT_INVALID: { kind: "model_error", isRetryable: false },
  /** A prompt template is not of its form, or a value does not fit it. */
  TEMPLATE_INVALID: { kind: "invalid_input", isRetryable: false },
  /** A guard did not let a prompt or an output through. */
  GUARD_REJECTED: { kind: "invalid_input", isRetryable: false },
  /** A step waits for an answer, so the run rests; inside nodes only. */
  WAITING: { kind: "invalid_input", isRetryable: false },
  /** Whoever was asked did not approve. */
  NOT_APPROVED: { kind: "invalid_input", isRetryable: false },
  /** A run ended with a failed step; the error carries the result so far. */
  RUN_FAILED: { kind: "unknown", isRetryable: false },
  /** A step or a run took longer than its time limit. */
  TIMED_OUT: { kind: "timeout", isRetryable: true },
  /** The caller's signal ended the work. */
  CANCELLED: { kind: "unknown", isRetryable: false },
  /** A provider refused for now; retryAfterMs says for how long, when it said so. */
  RATE_LIMITED: { kind: "rate_limit", isRetryable: true },
  /** A provider refused the credentials. */
  AUTH_FAILED: { kind: "auth_failure", isRetryable: false },
  /** A provider cannot do what the step asks for. */
  INVALID_INPUT: { kind: "invalid_input", isRetryable: false },
  /** A provider's model failed or is not there. */
  MODEL_ERROR: { kind: "model_error", isRetryable: false },
  /** A provider's service failed. */
  SERVER_ERROR: { kind: "server_error", isRetryable: true },
  /** A provider refused the content. */
  CONTENT_POLICY: { kind: "content_policy", isRetryable: false },
  /** Something threw that is no error of this SDK; see the cause. */
  UNEXPECTED: { kind: "unknown", isRetryable: false },
  /** A text is not JSON, or breaks a limit of depth, digits or size. */
  INVALID_JSON: { kind: "invalid_input", isRetryable: false },
  /** A text holds a lone surrogate, so it has no UTF-8 form and no hash. */
  HASH_IMPOSSIBLE: { kind: "invalid_input", isRetryable: false },
  /** A document is not a Genblaze manifest. */
  MANIFEST_INVALID: { kind: "invalid_input", isRetryable: false },
  /** A manifest's schema version cannot be read, or not be written. */
  MANIFEST_VERSION_UNSUPPORTED: { kind: "invalid_input", isRetryable: false },
  /** A sidecar only points at a manifest that is stored elsewhere. */
  MANIFEST_IS_POINTER: { kind: "invalid_input", isRetryable: false },
  /** A file carries no manifest and has no sidecar. */
  MANIFEST_NOT_FOUND: { kind: "invalid_input", isRetryable: false },
  /** An embed policy asks for something that would break the manifest's hash. */
  POLICY_REFUSED: { kind: "invalid_input", isRetryable: false },
  /** A file or folder is not there, or cannot be read. */
  FILE_NOT_FOUND: { kind: "invalid_input", isRetryable: false },
  /** A file could not be written; nothing half-written is left. */
  FILE_WRITE_FAILED: { kind: "unknown", isRetryable: false },
  /** No handler knows this kind of media. */
  MEDIA_UNSUPPORTED: { kind: "invalid_input", isRetryable: false },
  /** A media file is truncated, damaged or hostile. */
  MEDIA_MALFORMED: { kind: "invalid_input", isRetryable: false },
  /** A media file or the manifest is larger than its container allows. */
  MEDIA_TOO_LARGE: { kind: "invalid_input", isRetryable: false },
  /** A storage key is empty or would leave its place. */
  STORAGE_KEY_INVALID: { kind: "invalid_input", isRetryable: false },
  /** A storage holds nothing under a key. */
  STORAGE_NOT_FOUND: { kind: "invalid_input", isRetryable: false },
  /** A storage could not read or write. */
  STORAGE_FAILED: { kind: "server_error", isRetryable: true },
  /** Something else stands where something was to be put, or to be moved from. */
  STORAGE_CONFLICT: { kind: "invalid_input", isRetryable: false },
  /** A cache could not be read or written; the run goes on without it. */
  CACHE_FAILED: { kind: "server_error", isRetryable: true },
  /** The run's journal could not be written or read, so the run was ended; the error carries the result so far. */
  JOURNAL_FAILED: { kind: "server_error", isRetryable: true },
  /** Somebody runs this run already, in this process or another. */
  RUN_BUSY: { kind: "invalid_input", isRetryable: false },
  /** The journal knows no run under this id. */
  RUN_NOT_FOUND: { kind: "invalid_input", isRetryable: false },
  /** A run cannot go on as it is asked to: its pipeline or its input is another one now. */
  RUN_CHANGED: { kind: "invalid_input", isRetryable: false },
  /** A reader of events is further behind its run than its buffer allows, and chose to fail; `details.after` says where to go on. */
  READER_TOO_SLOW: { kind: "invalid_input", isRetryable: false },
  /** Whether a provider took a job is not known, and asking again could pay twice. */
  SUBMIT_UNKNOWN: { kind: "unknown", isRetryable: false },
  /** A target keeps failing, so that it is not asked for a while. */
  CIRCUIT_OPEN: { kind: "server_error", isRetryable: true },
  /** What a call would cost is more than the budget has left; it was not made. */
  BUDGET_EXCEEDED: { kind: "invalid_input", isRetryable: false },
  /** What a call would cost is not known, and there is a budget; it was not made. */
  PRICE_UNKNOWN: { kind: "invalid_input", isRetryable: false },
  /** A webhook's signature, time or body is not what it must be. */
  WEBHOOK_REFUSED: { kind: "invalid_input", isRetryable: false },
  /** A sink could not write the run; the error carries the result. */
  SINK_FAILED: { kind: "server_error", isRetryable: true },
  /** A signing or verification key, a key set or an encryption key is not of its form, or its file is unsafe. */
  KEY_INVALID: { kind: "invalid_input", isRetryable: false },
  /** A URL was not fetched: its scheme, host or address is not allowed. */
  DOWNLOAD_REFUSED: { kind: "invalid_input", isRetryable: false },
  /** A URL could not be fetched, or gave more than is allowed. */
  DOWNLOAD_FAILED: { kind: "server_error", isRetryable: true },
  /** A private prompt or parameter is needed, and its opening or key was not given. */
  OPENING_NEEDED: { kind: "invalid_input", isRetryable: false },
  /** An opening is not of its form, or does not fit the commitments of the manifest. */
  OPENING_INVALID: { kind: "invalid_input", isRetryable: false },
} as const satisfies Readonly<Record<string, ErrorCodeFacts>>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
