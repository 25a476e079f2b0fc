import type { JsonValue } from "../json/json-value.js";
import type { RunResult } from "../run/run-result.js";
import type { ErrorCode, ProviderErrorKind } from "./error-codes.js";
import { isRetryableKind, kindOf } from "./error-kind.js";

const marker: unique symbol = Symbol.for("genblaze.error");

export interface GenblazeErrorOptions extends ErrorOptions {
  /** Whether trying again can help. @default what the code's row in the table says */
  readonly isRetryable?: boolean;
  /** How long the other side asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /**
   * Whether the provider surely did not take the job, so that asking again cannot pay twice. `false` for what fails
   * after a first request was answered, in a `submit` that sends more than one. @default what the code and the cause prove
   */
  readonly isRejected?: boolean;
  /** Facts for a program; JSON only, never a secret. @default {} */
  readonly details?: Readonly<Record<string, JsonValue>>;
  /** What the run had made when it ended; set by `run()` only. */
  readonly result?: RunResult;
}

/** The one error class of the SDK. Branch on `code`, not on the class. */
export class GenblazeError extends Error {
  readonly [marker] = true;
  readonly code: ErrorCode;
  /** The nearest of the eight kinds that a manifest can record. */
  readonly kind: ProviderErrorKind;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** What its maker said of {@link GenblazeErrorOptions.isRejected}; undefined when nothing. */
  readonly isRejected: boolean | undefined;
  readonly details: Readonly<Record<string, JsonValue>>;
  readonly result: RunResult | undefined;

  constructor(code: ErrorCode, message: string, options: GenblazeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GenblazeError";
    this.code = code;
    this.kind = kindOf(code);
    this.isRetryable = options.isRetryable ?? isRetryableKind(this.kind);
    this.retryAfterMs = options.retryAfterMs;
    this.isRejected = options.isRejected;
    this.details = options.details ?? {};
    this.result = options.result;
    // A result is a whole run: whoever prints an error does not want to read it.
    Object.defineProperty(this, "result", { enumerable: false });
  }

  /** True also for an error made by a second installed copy of the SDK. */
  static isInstance(error: unknown): error is GenblazeError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
