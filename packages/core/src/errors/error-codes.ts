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
  /** One sentence for the errors page. */
  readonly meaning: string;
}

/** Every code this SDK throws. `docs/reference/errors.md` lists the same codes; a test compares the two. */
export const ERROR_CODES = {
  INVALID_OPTION: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "An option is missing, unknown or of the wrong type.",
  },
  EMPTY_PIPELINE: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A pipeline without a step was planned or run.",
  },
  UNKNOWN_STEP: { kind: "invalid_input", isRetryable: false, meaning: "A name refers to no step of the pipeline." },
  DUPLICATE_STEP: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "Two steps of one pipeline have the same name.",
  },
  CYCLE: { kind: "invalid_input", isRetryable: false, meaning: "Steps wait for each other in a circle." },
  WRONG_MODALITY: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A step is given media that its provider does not accept.",
  },
  INPUT_INVALID: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "The run's input does not fit the pipeline's input schema.",
  },
  REFERENCE_FAILED: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "The function of a from(...) threw, or gave something that is not JSON.",
  },
  OUTPUT_INVALID: {
    kind: "model_error",
    isRetryable: false,
    meaning: "A provider's output does not fit the step's schema, or is no output at all.",
  },
  RUN_FAILED: {
    kind: "unknown",
    isRetryable: false,
    meaning: "A run ended with a failed step; the error carries the result so far.",
  },
  TIMED_OUT: { kind: "timeout", isRetryable: true, meaning: "A step or a run took longer than its time limit." },
  CANCELLED: { kind: "unknown", isRetryable: false, meaning: "The caller's signal ended the work." },
  RATE_LIMITED: {
    kind: "rate_limit",
    isRetryable: true,
    meaning: "A provider refused for now; retryAfterMs says for how long, when it said so.",
  },
  AUTH_FAILED: { kind: "auth_failure", isRetryable: false, meaning: "A provider refused the credentials." },
  INVALID_INPUT: { kind: "invalid_input", isRetryable: false, meaning: "A provider cannot do what the step asks for." },
  MODEL_ERROR: { kind: "model_error", isRetryable: false, meaning: "A provider's model failed or is not there." },
  SERVER_ERROR: { kind: "server_error", isRetryable: true, meaning: "A provider's service failed." },
  CONTENT_POLICY: { kind: "content_policy", isRetryable: false, meaning: "A provider refused the content." },
  UNEXPECTED: {
    kind: "unknown",
    isRetryable: false,
    meaning: "Something threw that is no error of this SDK; see the cause.",
  },
  INVALID_JSON: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A text is not JSON, or breaks a limit of depth, digits or size.",
  },
  HASH_IMPOSSIBLE: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A text holds a lone surrogate, so it has no UTF-8 form and no hash.",
  },
  MANIFEST_INVALID: { kind: "invalid_input", isRetryable: false, meaning: "A document is not a Genblaze manifest." },
  MANIFEST_VERSION_UNSUPPORTED: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A manifest's schema version cannot be read, or not be written.",
  },
  MANIFEST_IS_POINTER: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A sidecar only points at a manifest that is stored elsewhere.",
  },
  MANIFEST_NOT_FOUND: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A file carries no manifest and has no sidecar.",
  },
  POLICY_REFUSED: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "An embed policy asks for something that would break the manifest's hash.",
  },
  FILE_NOT_FOUND: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A file or folder is not there, or cannot be read.",
  },
  FILE_WRITE_FAILED: {
    kind: "unknown",
    isRetryable: false,
    meaning: "A file could not be written; nothing half-written is left.",
  },
  MEDIA_UNSUPPORTED: { kind: "invalid_input", isRetryable: false, meaning: "No handler knows this kind of media." },
  MEDIA_MALFORMED: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A media file is truncated, damaged or hostile.",
  },
  MEDIA_TOO_LARGE: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A media file or the manifest is larger than its container allows.",
  },
  STORAGE_KEY_INVALID: {
    kind: "invalid_input",
    isRetryable: false,
    meaning: "A storage key is empty or would leave its place.",
  },
  STORAGE_NOT_FOUND: { kind: "invalid_input", isRetryable: false, meaning: "A storage holds nothing under a key." },
  STORAGE_FAILED: { kind: "server_error", isRetryable: true, meaning: "A storage could not read or write." },
  JOURNAL_FAILED: {
    kind: "server_error",
    isRetryable: true,
    meaning: "The run's journal could not be written, so the run was ended; the error carries the result so far.",
  },
  SINK_FAILED: {
    kind: "server_error",
    isRetryable: true,
    meaning: "A sink could not write the run; the error carries the result.",
  },
} as const satisfies Readonly<Record<string, ErrorCodeFacts>>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
