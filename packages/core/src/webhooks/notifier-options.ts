import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith, timeoutMs } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import { type Logger, silentLogger } from "../provider/logger.js";
import type { WebhookSecret } from "../provider/provider.js";
import { type RetryOption, type RetryPolicy, toRetryPolicy } from "../retry/retry-policy.js";
import type { RunEvent, RunEventType } from "../run/run-events.js";
import { problemOfWebhookUrl } from "./check-webhook-url.js";
import { deliveryId } from "./delivery-id.js";
import { guardedPost, type Post, postByFetch } from "./guarded-post.js";
import { webhookEventTypes } from "./webhook-event-types.js";
import { toKeys } from "./webhook-secret.js";

/** What {@link webhookNotifier} takes. */
export interface WebhookNotifierOptions {
  /** Where events go: https, a public server, without name and password. */
  readonly url: string;
  /** Signs every delivery: `whsec_` and base64, or 24 to 75 bytes; several while keys change. @default not signed */
  readonly secret?: WebhookSecret | readonly WebhookSecret[] | undefined;
  /** Further headers, like one that authorises. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The types of events that are sent. @default all */
  readonly events?: readonly RunEventType[] | undefined;
  /** The event as `stream()` gives it, or as the Python library's notifier sends it. @default "genblaze" */
  readonly format?: "genblaze" | "python" | undefined;
  /** Longest time of one attempt, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** How an attempt is made again; `codes` says after what. @default the default policy: 6 attempts, full jitter */
  readonly retry?: RetryOption | undefined;
  /** How many events may wait; beyond, the oldest progress is let go, then the oldest other. 1 to 1,000,000. @default 10_000 */
  readonly maxWaiting?: number | undefined;
  /** How many runs' events are under way at once, those of one run one after the other; 1 to 100. @default 8 */
  readonly concurrency?: number | undefined;
  /** Sends instead of the guarded way; whoever gives it answers for the addresses it asks. @default https to checked addresses */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Whether the URL may be this machine's own, and http then. @default false */
  readonly allowLoopback?: boolean | undefined;
  /** @default real time */
  readonly clock?: Clock | undefined;
  /** Uniform in [0, 1). @default the platform's */
  readonly random?: (() => number) | undefined;
  /** Hears of the 1st and every 100th event that failed, and that was dropped. @default silent */
  readonly logger?: Logger | undefined;
  /**
   * Makes the id of each delivery; without a full stop. @default one that follows from the event, so that the same
   * event has it again when it is sent again; a random UUID for one that is only reported
   */
  readonly createId?: ((event: RunEvent) => string) | undefined;
}

/** The same once it was checked. */
export interface NotifierSettings {
  readonly url: string;
  readonly secret: WebhookSecret | readonly WebhookSecret[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: ReadonlySet<RunEventType>;
  readonly format: "genblaze" | "python";
  readonly timeoutMs: number;
  readonly policy: RetryPolicy;
  readonly maxWaiting: number;
  readonly concurrency: number;
  readonly post: Post;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly createId: (event: RunEvent) => string;
}

const where = "webhookNotifier(options)";
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_WAITING = 10_000;
const DEFAULT_CONCURRENCY = 8;
/** The notifier's own, or the connection's. */
const OWN_HEADERS = /^(?:webhook-.*|content-type|content-length|transfer-encoding|connection|host|user-agent)$/i;

const functionOf = <T>() => z.custom<T>((value) => typeof value === "function", "a function is expected").optional();

const count = (most: number) =>
  z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(most, `at most ${most} is expected`)
    .optional();

const schema = z.strictObject({
  url: z.string("a URL is expected"),
  secret: z.unknown().optional(),
  headers: z
    .record(z.string(), z.string("a text is expected"), "an object of texts is expected")
    .refine(
      canBeSent,
      "headers that HTTP can send are expected, without those of the notifier itself (webhook-..., content-type)",
    )
    .optional(),
  events: z
    .array(
      z.custom<RunEventType>(isEventType, "a type of event of docs/reference/events.md is expected"),
      "a list of types of events is expected",
    )
    .optional(),
  format: z.enum(["genblaze", "python"], '"genblaze" or "python" is expected').optional(),
  timeoutMs: timeoutMs.optional(),
  retry: z.unknown().optional(),
  maxWaiting: count(1_000_000),
  concurrency: count(100),
  fetch: functionOf<typeof globalThis.fetch>(),
  allowLoopback: z.boolean("true or false is expected").optional(),
  clock: objectWith<Clock>("now", "schedule").optional(),
  random: functionOf<() => number>(),
  logger: objectWith<Logger>("debug", "info", "warn").optional(),
  createId: functionOf<(event: RunEvent) => string>(),
});

/** Checks the options of a notifier; INVALID_OPTION for the first thing wrong, which shows neither URL nor secret. */
export function checkNotifierOptions(options: WebhookNotifierOptions): NotifierSettings {
  checkOptions(schema, options, where);
  const { url, secret, allowLoopback = false, fetch } = options;
  const problem = problemOfWebhookUrl(url, allowLoopback);
  if (problem !== undefined) throw new GenblazeError("INVALID_OPTION", `${where}: option "url": ${problem}.`);
  if (secret !== undefined) toKeys(secret, where);
  return {
    url,
    secret,
    headers: options.headers ?? {},
    events: new Set(options.events ?? eventTypes()),
    format: options.format ?? "genblaze",
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    policy: toRetryPolicy(options.retry),
    maxWaiting: options.maxWaiting ?? DEFAULT_MAX_WAITING,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    post: fetch === undefined ? guardedPost(allowLoopback) : postByFetch(fetch),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    logger: options.logger ?? silentLogger,
    createId: options.createId ?? deliveryId,
  };
}

function eventTypes(): readonly RunEventType[] {
  return Object.keys(webhookEventTypes).filter(isEventType);
}

function isEventType(value: unknown): value is RunEventType {
  return typeof value === "string" && Object.hasOwn(webhookEventTypes, value);
}

function canBeSent(headers: Readonly<Record<string, string>>): boolean {
  if (Object.keys(headers).some((name) => OWN_HEADERS.test(name))) return false;
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}
