import type { ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { redactSecrets } from "../errors/redact-secrets.js";
import { type HeadersLike, parseRetryAfter } from "./parse-retry-after.js";

/** What {@link errorFromResponse} reads of an answer; a `Response` of `fetch` fits. */
export interface ResponseFacts {
  readonly status: number;
  readonly headers: HeadersLike;
}

/** What {@link errorFromResponse} takes besides the answer. */
export interface ErrorFromResponseOptions {
  /** Who answered, for the message. */
  readonly provider: string;
  /** The answer's body as text; its beginning is in the message. @default no body */
  readonly body?: string | undefined;
  /** The time in milliseconds, for a `Retry-After` that is a date. @default such a date is not read */
  readonly now?: number | undefined;
}

/** Statuses with a code of their own; the other 5xx are SERVER_ERROR and the other 4xx INVALID_INPUT. */
const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  401: "AUTH_FAILED",
  402: "AUTH_FAILED",
  403: "AUTH_FAILED",
  408: "TIMED_OUT",
  425: "RATE_LIMITED",
  429: "RATE_LIMITED",
  451: "CONTENT_POLICY",
};

const advice: Readonly<Partial<Record<ErrorCode, string>>> = {
  AUTH_FAILED: "Check the API key and what its account may use.",
  TIMED_OUT: "Whether the request was taken is not known.",
  RATE_LIMITED: "Try again later, or set a limit for this account.",
  CONTENT_POLICY: "Change the prompt or the inputs.",
  INVALID_INPUT: "Correct the model, the prompt, the parameters or the inputs.",
  SERVER_ERROR: "Try again later, or give the step another target.",
};

/** Of a body that is longer only so much is looked at. */
const READ_CHARACTERS = 2_000;
const SHOWN_CHARACTERS = 300;
/** The word that a cut goes through: half a secret is not told by its form. */
const LAST_WORD = /[\w.~+/=-]{1,512}$/;
const CONTROLS_AND_BLANKS = /[\p{Cc}\p{Cf}\s]+/gu;

/**
 * The error for an answer that is no success, by its status: 401, 402 and 403 AUTH_FAILED, 408 TIMED_OUT, 425 and 429
 * RATE_LIMITED, 451 CONTENT_POLICY, other 4xx INVALID_INPUT, everything else SERVER_ERROR; with `retryAfterMs` where
 * the headers say it, and the status in `details`. A 503 that says when to come back was surely not taken; other 5xx
 * and 408 are ambiguous. An adapter that can tell more, like a 404 that means its model, looks first. The message has
 * at most 300 characters of the body, without secrets.
 *
 * @example
 * if (!response.ok) throw errorFromResponse(response, { provider: "acme", body: await response.text() });
 */
export function errorFromResponse(response: ResponseFacts, options: ErrorFromResponseOptions): GenblazeError {
  const { status, headers } = response;
  const { provider, body = "", now } = options;
  const code = codeOf(status);
  const retryAfterMs = parseRetryAfter(headers, now);
  const excerpt = excerptOf(body);
  const said = excerpt === "" ? "without a text" : `"${excerpt}"`;
  return new GenblazeError(code, `${provider} answered ${status}: ${said}. ${advice[code] ?? ""}`.trim(), {
    details: { status, ...(status === 402 && { reason: "billing" }) },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status === 503 && retryAfterMs !== undefined && { isRejected: true }),
  });
}

function codeOf(status: number): ErrorCode {
  return codes[status] ?? (status >= 400 && status < 500 ? "INVALID_INPUT" : "SERVER_ERROR");
}

function excerptOf(body: string): string {
  const read = body.length <= READ_CHARACTERS ? body : body.slice(0, READ_CHARACTERS).replace(LAST_WORD, "");
  const characters = [...redactSecrets(read).replace(CONTROLS_AND_BLANKS, " ").trim().toWellFormed()];
  if (characters.length <= SHOWN_CHARACTERS) return characters.join("");
  return `${characters.slice(0, SHOWN_CHARACTERS - 3).join("")}...`;
}
