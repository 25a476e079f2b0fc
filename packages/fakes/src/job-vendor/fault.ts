/** What becomes of a job, whatever is answered. */
export type JobFate = "succeeds" | "never-ends" | "fails-late" | "fails-at-once";

/**
 * The forms in which a vendor says when to come back: `retry-after` in whole seconds, in seconds with a fraction, as a
 * date (RFC 9110) or as one with an offset (RFC 5322); or `retry-after-ms`.
 */
export interface RetryAfter {
  readonly form: "seconds" | "decimal" | "date" | "offset-date" | "ms";
  /** Rounded up to whole seconds for `seconds` and the dates. */
  readonly afterMs: number;
}

/** How an answer that has begun, or should have, is spoilt. The status line is that of the true answer. */
export type SpoiltBody = "half" | "stuck" | "too-long" | "too-short" | "malformed" | "html" | "empty";

/**
 * What goes wrong with one call. `isTaken` says whether the call is carried out all the same: of a submit, that the job
 * is made and paid for though nobody is told properly.
 */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      /** @default none */
      readonly retryAfter?: RetryAfter;
      /** @default false */
      readonly isTaken?: boolean;
    }
  /** The connection is reset: before the request counts as read, after it was carried out, or amid the answer. */
  | { readonly kind: "reset"; readonly at: "before" | "after" | "amid" }
  /** Nothing is answered until one side closes. */
  | { readonly kind: "hang"; readonly isTaken: boolean }
  /**
   * `half` ends cleanly amid the JSON; `stuck` sends as much and then nothing until one side closes; `too-long` and `too-short` are content-lengths that are 10 bytes more, or 5
   * less, than come; `malformed` is no JSON. The call is carried out.
   */
  | { readonly kind: "body"; readonly body: SpoiltBody }
  /** The call is answered well, but the job does not end well. For submits; others are not hurt by it. */
  | { readonly kind: "fate"; readonly fate: Exclude<JobFate, "succeeds"> };

/** Whether a call is carried out in spite of its fault. */
export function isTaken(fault: Fault): boolean {
  switch (fault.kind) {
    case "status":
      return fault.isTaken ?? false;
    case "hang":
      return fault.isTaken;
    case "reset":
      return fault.at !== "before";
    case "body":
    case "fate":
      return true;
  }
}

/** Faults that vendors are known for, ready to be given; those named `...Taken` make the job and hide it. */
export const JOB_FAULTS = {
  tooManyRequests: { kind: "status", status: 429 },
  tooManyRequestsSeconds: { kind: "status", status: 429, retryAfter: { form: "seconds", afterMs: 2_000 } },
  tooManyRequestsDecimal: { kind: "status", status: 429, retryAfter: { form: "decimal", afterMs: 1_200 } },
  tooManyRequestsDate: { kind: "status", status: 429, retryAfter: { form: "date", afterMs: 3_000 } },
  tooManyRequestsOffsetDate: { kind: "status", status: 429, retryAfter: { form: "offset-date", afterMs: 3_000 } },
  tooManyRequestsMs: { kind: "status", status: 429, retryAfter: { form: "ms", afterMs: 1_500 } },
  serverError: { kind: "status", status: 500 },
  serverErrorTaken: { kind: "status", status: 500, isTaken: true },
  unavailable: { kind: "status", status: 503 },
  unavailableSeconds: { kind: "status", status: 503, retryAfter: { form: "seconds", afterMs: 2_000 } },
  unavailableMs: { kind: "status", status: 503, retryAfter: { form: "ms", afterMs: 1_500 } },
  unavailableTaken: { kind: "status", status: 503, isTaken: true },
  resetBefore: { kind: "reset", at: "before" },
  resetTaken: { kind: "reset", at: "after" },
  resetAmidTaken: { kind: "reset", at: "amid" },
  hang: { kind: "hang", isTaken: false },
  hangTaken: { kind: "hang", isTaken: true },
  hangAmidTaken: { kind: "body", body: "stuck" },
  halfBodyTaken: { kind: "body", body: "half" },
  tooLongTaken: { kind: "body", body: "too-long" },
  tooShortTaken: { kind: "body", body: "too-short" },
  malformedTaken: { kind: "body", body: "malformed" },
  htmlTaken: { kind: "body", body: "html" },
  emptyTaken: { kind: "body", body: "empty" },
  neverEnds: { kind: "fate", fate: "never-ends" },
  failsLate: { kind: "fate", fate: "fails-late" },
  failsAtOnce: { kind: "fate", fate: "fails-at-once" },
} as const satisfies Readonly<Record<string, Fault>>;
