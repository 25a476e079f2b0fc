import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";
import { quoteValue } from "../options/describe-value.js";

/** How and how often something is tried again. A plain value; {@link toRetryPolicy} makes a checked one. */
export interface RetryPolicy {
  /** How often each phase of a step is tried in all, the first time included; 1 to 100. @default 6 */
  readonly maxAttempts: number;
  /** The wait before the second attempt, in milliseconds; at most a day. @default 1_000 */
  readonly firstDelayMs: number;
  /** No wait of ours is longer, in milliseconds; at most a day. @default 30_000 */
  readonly longestDelayMs: number;
  /** By how much each wait is longer than the one before; 1 to 100. @default 2 */
  readonly growth: number;
  /** What is left to chance, so that many do not come back at once: all of the wait, its second half, or nothing. @default "full" */
  readonly jitter: "full" | "equal" | "none";
  /** Wait as long as the provider asks for, without jitter, instead. @default true */
  readonly respectRetryAfter: boolean;
  /** Of what the provider asks for, in milliseconds; at most a day. @default 120_000 */
  readonly longestRetryAfterMs: number;
  /**
   * The errors that are tried again; SERVER_ERROR stands for lost connections too.
   * @default ["TIMED_OUT", "RATE_LIMITED", "SERVER_ERROR", "STORAGE_FAILED", "DOWNLOAD_FAILED"]
   */
  readonly codes: readonly ErrorCode[];
}

/** A name of {@link retryPolicies}, or what shall differ from the default one. */
export type RetryOption =
  | keyof typeof retryPolicies
  | { readonly [Field in keyof RetryPolicy]?: RetryPolicy[Field] | undefined };

const defaultPolicy: RetryPolicy = Object.freeze({
  maxAttempts: 6,
  firstDelayMs: 1_000,
  longestDelayMs: 30_000,
  growth: 2,
  jitter: "full",
  respectRetryAfter: true,
  longestRetryAfterMs: 120_000,
  codes: Object.freeze<ErrorCode[]>(["TIMED_OUT", "RATE_LIMITED", "SERVER_ERROR", "STORAGE_FAILED", "DOWNLOAD_FAILED"]),
});

/** Policies by name: the Python library's, where `off` is called `disabled`. */
export const retryPolicies = Object.freeze({
  default: defaultPolicy,
  /** One more attempt, after a longer wait. */
  conservative: Object.freeze<RetryPolicy>({
    ...defaultPolicy,
    maxAttempts: 2,
    firstDelayMs: 2_000,
    longestDelayMs: 60_000,
  }),
  /** One attempt more than the default, and shorter waits. */
  aggressive: Object.freeze<RetryPolicy>({
    ...defaultPolicy,
    maxAttempts: 7,
    firstDelayMs: 500,
    longestDelayMs: 15_000,
  }),
  /** Nothing is tried again. */
  off: Object.freeze<RetryPolicy>({ ...defaultPolicy, maxAttempts: 1, codes: Object.freeze<ErrorCode[]>([]) }),
});

const MAX_ATTEMPTS = 100;
const LONGEST_MS = 86_400_000;

const milliseconds = z
  .number("milliseconds are expected")
  .min(0, "at least 0 milliseconds are expected")
  .max(LONGEST_MS, `at most ${LONGEST_MS} milliseconds are expected`)
  .optional();

const errorCode = z.custom<ErrorCode>(
  (value) => typeof value === "string" && Object.hasOwn(ERROR_CODES, value),
  "an error code of docs/reference/errors.md is expected",
);

const policySchema = z.strictObject({
  maxAttempts: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(MAX_ATTEMPTS, `at most ${MAX_ATTEMPTS} is expected`)
    .optional(),
  firstDelayMs: milliseconds,
  longestDelayMs: milliseconds,
  growth: z
    .number("a number is expected")
    .min(1, "at least 1 is expected")
    .max(100, "at most 100 is expected")
    .optional(),
  jitter: z.enum(["full", "equal", "none"], '"full", "equal" or "none" is expected').optional(),
  respectRetryAfter: z.boolean("true or false is expected").optional(),
  longestRetryAfterMs: milliseconds,
  codes: z.array(errorCode, "a list of error codes is expected").optional(),
});

const names = [
  "default",
  "conservative",
  "aggressive",
  "off",
] as const satisfies readonly (keyof typeof retryPolicies)[];

/** What a `retry` option may be. */
export const retryOption = z.union(
  [z.enum(names), policySchema],
  `${names.map((name) => `"${name}"`).join(", ")} or { maxAttempts, firstDelayMs, ... } is expected`,
);

/** The policy that was asked for; INVALID_OPTION for a name that there is not, or a value that no policy can have. */
export function toRetryPolicy(given: RetryOption | undefined): RetryPolicy {
  if (given === undefined) return retryPolicies.default;
  if (typeof given === "string") return policyNamed(given);
  const { codes, ...rest } = checkOptions(policySchema, given, "retry");
  const chosen = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return Object.freeze({ ...defaultPolicy, ...chosen, codes: Object.freeze([...(codes ?? defaultPolicy.codes)]) });
}

function policyNamed(name: keyof typeof retryPolicies): RetryPolicy {
  if (Object.hasOwn(retryPolicies, name)) return retryPolicies[name];
  const known = Object.keys(retryPolicies).join('", "');
  const message = `retry: "${known}" or an options object is expected; ${quoteValue(name)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
