import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith, timeoutMs } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import { type Logger, silentLogger } from "../provider/logger.js";
import type { Provider, ProviderWebhook, WebhookSecret } from "../provider/provider.js";

/** A provider whose vendor may send webhooks. */
export interface WebhookSource {
  /** Any provider with `webhook`. */
  readonly provider: Pick<Provider, "name" | "webhook">;
  /** What the vendor signs with, in its own form; several while one takes the place of another. */
  readonly secret: WebhookSecret | readonly WebhookSecret[];
}

/** What {@link createWebhookReceiver} takes. */
export interface WebhookReceiverOptions {
  /** By the last part of the path that the vendor sends to: `/webhooks/replicate` is that of `replicate`. */
  readonly providers: Readonly<Record<string, WebhookSource>>;
  /** @default real time */
  readonly clock?: Clock | undefined;
  /** Longest body, counted as it comes; up to 64 MiB. @default 1 MiB */
  readonly maxBodyBytes?: number | undefined;
  /** Longest time in which a body must have come, in milliseconds. @default 10_000 */
  readonly bodyTimeoutMs?: number | undefined;
  /** How long a delivery is remembered, so that it has no effect again, in milliseconds. @default 600_000 */
  readonly replayWindowMs?: number | undefined;
  /** How many deliveries are remembered at most, the newest. @default 100_000 */
  readonly maxRemembered?: number | undefined;
  /** How long the end of a job is kept until somebody waits for it, in milliseconds. @default 600_000 */
  readonly keepMs?: number | undefined;
  /** How many ends of jobs are kept at most, the newest. @default 1_000 */
  readonly maxKept?: number | undefined;
  /** Hears why a webhook was not taken; senders are not told. @default silent */
  readonly logger?: Logger | undefined;
}

/** A {@link WebhookSource} that can be asked. */
export interface CheckedSource {
  readonly webhook: ProviderWebhook;
  readonly secret: WebhookSecret | readonly WebhookSecret[];
}

/** The same once it was checked. */
export interface ReceiverSettings {
  readonly sources: ReadonlyMap<string, CheckedSource>;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly replayWindowMs: number;
  readonly maxRemembered: number;
  readonly keepMs: number;
  readonly maxKept: number;
  readonly logger: Logger;
}

const where = "createWebhookReceiver(options)";
const DEFAULT_MAX_BODY_BYTES = 1024 ** 2;
const DEFAULT_BODY_TIMEOUT_MS = 10_000;
/** Twice the tolerance of the signatures: nothing older is let in anyway. */
const DEFAULT_REPLAY_WINDOW_MS = 600_000;
const DEFAULT_MAX_REMEMBERED = 100_000;
const DEFAULT_KEEP_MS = 600_000;
const DEFAULT_MAX_KEPT = 1_000;
/** What stands in a path as it is. */
const NAME = /^[\w.~-]{1,100}$/;

const count = (most: number) =>
  z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(most, `at most ${most} is expected`)
    .optional();

const schema = z.strictObject({
  providers: z.record(
    z.string().regex(NAME, "names of 1 to 100 letters, digits and any of _.~- are expected"),
    z.strictObject({ provider: objectWith<Provider>(), secret: z.unknown() }, "{ provider, secret } is expected"),
    "an object of { provider, secret } by name is expected",
  ),
  clock: objectWith<Clock>("now", "schedule").optional(),
  maxBodyBytes: count(64 * 1024 ** 2),
  bodyTimeoutMs: timeoutMs.optional(),
  replayWindowMs: timeoutMs.optional(),
  maxRemembered: count(10_000_000),
  keepMs: timeoutMs.optional(),
  maxKept: count(1_000_000),
  logger: objectWith<Logger>("debug", "info", "warn").optional(),
});

/** Checks the options of a receiver; INVALID_OPTION for the first thing wrong, which shows no secret. */
export function checkReceiverOptions(options: WebhookReceiverOptions): ReceiverSettings {
  checkOptions(schema, options, where);
  const sources = Object.entries(options.providers).map(([name, source]) => [name, checkSource(name, source)] as const);
  return {
    sources: new Map(sources),
    clock: options.clock ?? systemClock,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    bodyTimeoutMs: options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    replayWindowMs: options.replayWindowMs ?? DEFAULT_REPLAY_WINDOW_MS,
    maxRemembered: options.maxRemembered ?? DEFAULT_MAX_REMEMBERED,
    keepMs: options.keepMs ?? DEFAULT_KEEP_MS,
    maxKept: options.maxKept ?? DEFAULT_MAX_KEPT,
    logger: options.logger ?? silentLogger,
  };
}

function checkSource(name: string, { provider, secret }: WebhookSource): CheckedSource {
  const { webhook } = provider;
  if (webhook === undefined) {
    const problem = `provider "${provider.name}" has no \`webhook\`: its vendor sends none, or its package cannot read them`;
    throw new GenblazeError("INVALID_OPTION", `${where}: option "providers.${name}": ${problem}. Leave it out.`);
  }
  // An empty secret is a missing environment variable, and everybody could sign with it.
  if (!isSecret(secret)) {
    const problem = "the vendor's signing secret, a text or bytes, is expected; nothing, or something else, was given";
    throw new GenblazeError("INVALID_OPTION", `${where}: option "providers.${name}.secret": ${problem}.`);
  }
  return { webhook, secret };
}

function isSecret(secret: unknown): boolean {
  if (Array.isArray(secret)) return secret.length > 0 && secret.every((one) => !Array.isArray(one) && isSecret(one));
  return (typeof secret === "string" || secret instanceof Uint8Array) && secret.length > 0;
}
