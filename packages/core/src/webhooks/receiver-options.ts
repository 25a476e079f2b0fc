import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith, timeoutMs } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import { type Logger, silentLogger } from "../provider/logger.js";
import type { Provider, ProviderWebhook, WebhookSecret } from "../provider/provider.js";
import { problemOfWebhookUrl } from "./check-webhook-url.js";

/** A provider whose vendor may send webhooks. */
export interface WebhookSource {
  /** Any provider with `webhook`. */
  readonly provider: Pick<Provider, "name" | "account" | "webhook">;
  /** What the vendor signs with, in its own form; several while one takes the place of another. */
  readonly secret: WebhookSecret | readonly WebhookSecret[];
}

/** What {@link createWebhookReceiver} takes. */
export interface WebhookReceiverOptions {
  /** By the last part of the path that the vendor sends to: `/webhooks/replicate` is that of `replicate`. */
  readonly providers: Readonly<Record<string, WebhookSource>>;
  /**
   * Where vendors reach `handle`, without the names of the providers: `https://example.com/webhooks`. Of https, or on
   * this machine. A runtime hands it to the providers of its steps. @default none: for vendors that have the address
   */
  readonly publicUrl?: string | undefined;
  /**
   * What the addresses that vendors are given are made unguessable with, the same in all processes; at least 16 bytes.
   * Give one where the vendor's own secret is a public key. @default the vendor's secret
   */
  readonly pathSecret?: Uint8Array | undefined;
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
  readonly provider: WebhookSource["provider"];
  /** What paths are made with: the first, and what they are checked with: all. */
  readonly pathKeys: readonly Uint8Array[];
  readonly webhook: ProviderWebhook;
  readonly secret: WebhookSecret | readonly WebhookSecret[];
}

/** The same once it was checked. */
export interface ReceiverSettings {
  readonly sources: ReadonlyMap<string, CheckedSource>;
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
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
const LEAST_PATH_SECRET_BYTES = 16;
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
  publicUrl: z.string("a URL is expected").max(2_000, "at most 2000 characters are expected").optional(),
  pathSecret: z
    .instanceof(Uint8Array, { error: "a Uint8Array is expected" })
    .refine(({ length }) => length >= LEAST_PATH_SECRET_BYTES, `at least ${LEAST_PATH_SECRET_BYTES} bytes are expected`)
    .optional(),
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
  const { pathSecret, publicUrl } = options;
  const sources = Object.entries(options.providers).map(
    ([name, source]) => [name, checkSource(name, source, pathSecret)] as const,
  );
  return {
    sources: new Map(sources),
    publicUrl: publicUrl === undefined ? undefined : checkPublicUrl(publicUrl),
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

/** It is the user's own, so a server of this machine is one. */
function checkPublicUrl(text: string): string {
  const problem =
    problemOfWebhookUrl(text, true) ?? (/[?#]/.test(text) ? "a URL without ? and # is expected" : undefined);
  if (problem === undefined) return text.replace(/\/+$/, "");
  throw new GenblazeError("INVALID_OPTION", `${where}: option "publicUrl": ${problem}.`);
}

function checkSource(
  name: string,
  { provider, secret }: WebhookSource,
  pathSecret: Uint8Array | undefined,
): CheckedSource {
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
  const secrets = Array.isArray(secret) ? secret : [secret];
  const pathKeys = pathSecret === undefined ? secrets.map(toBytes) : [pathSecret];
  return { provider, webhook, secret, pathKeys };
}

function toBytes(secret: WebhookSecret): Uint8Array {
  return typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
}

function isSecret(secret: unknown): boolean {
  if (Array.isArray(secret)) return secret.length > 0 && secret.every((one) => !Array.isArray(one) && isSecret(one));
  return (typeof secret === "string" || secret instanceof Uint8Array) && secret.length > 0;
}
