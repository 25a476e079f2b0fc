import { timingSafeEqual } from "node:crypto";
import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import type { WebhookSecret } from "../provider/provider.js";
import type { HeadersLike } from "../retry/parse-retry-after.js";
import { isWebhookId, type SignedParts, signatureOf } from "./signature-of.js";
import { toKeys } from "./webhook-secret.js";

/** What {@link verifyWebhook} takes. */
export interface VerifyWebhookOptions {
  /** The sender's secret, `whsec_` and base64, or bytes; several while one takes the place of another. */
  readonly secret: WebhookSecret | readonly WebhookSecret[];
  /** Those of `fetch`, or an object as Node has them; names count in either case. */
  readonly headers: HeadersLike;
  /** The raw body: what a framework parsed and you wrote as JSON again is another one. */
  readonly body: string | Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How far the sender's time may be away, before or after, in milliseconds. @default 300_000 */
  readonly toleranceMs?: number | undefined;
  /** What the names of the three headers begin with: senders by Svix say `svix-id`. @default "webhook" */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/** What a webhook says of itself, once it is verified. */
export interface VerifiedWebhook {
  /** The same for every attempt to deliver the same. */
  readonly id: string;
  /** When this attempt was sent, in milliseconds since 1970. */
  readonly sentMs: number;
}

const where = "verifyWebhook(options)";
const known = ["secret", "headers", "body", "now", "toleranceMs", "headerPrefix"] as const;
const DEFAULT_TOLERANCE_MS = 300_000;
/** Seconds in the range that a number holds exactly as milliseconds. */
const TIMESTAMP = /^\d{1,12}$/;
/** `v1,` and 32 bytes of base64 are 47 characters; senders have a few keys at most, and other versions beside them. */
const MOST_SIGNATURE_CHARACTERS = 4_096;

/**
 * Checks that a webhook was sent by who has the secret, just now, as it is (Standard Webhooks 1.0.0, "Verifying
 * signatures": any `v1` signature may fit any secret, compared in constant time). WEBHOOK_REFUSED with `details.reason`
 * `header`, `signature` or `timestamp`; no message shows a secret or a signature. Not whether it came before: see to
 * that by the `id`, or let `createWebhookReceiver` do it. INVALID_OPTION for a secret that is none.
 *
 * @example
 * const { id } = verifyWebhook({ secret, headers: request.headers, body: await request.text(), now: Date.now() });
 */
export function verifyWebhook(options: VerifyWebhookOptions): VerifiedWebhook {
  assertKnownOptions(options, known, where);
  const { secret, headers, body, now, headerPrefix = "webhook" } = options;
  const keys = toKeys(secret, where);
  const toleranceMs = toTolerance(options.toleranceMs);
  const id = readHeader(headers, `${headerPrefix}-id`);
  if (!isWebhookId(id)) throw refused("header", `it has no ${headerPrefix}-id header of its form`);
  const timestamp = readHeader(headers, `${headerPrefix}-timestamp`);
  if (timestamp === undefined || !TIMESTAMP.test(timestamp)) {
    throw refused("header", `it has no ${headerPrefix}-timestamp header with whole seconds`);
  }
  const signatures = readHeader(headers, `${headerPrefix}-signature`);
  if (signatures === undefined || signatures.length > MOST_SIGNATURE_CHARACTERS) {
    throw refused("header", `it has no ${headerPrefix}-signature header of its form`);
  }
  if (!isSigned(keys, signatures.split(" "), { id, timestamp, body })) {
    throw refused(
      "signature",
      "no signature of it fits the secret. Check the secret, and that the body is the raw one",
    );
  }
  const sentMs = Number(timestamp) * 1_000;
  // Written so that a time that is no number is refused.
  if (!(Math.abs(now - sentMs) <= toleranceMs)) {
    const away = Math.round((now - sentMs) / 1_000);
    throw refused("timestamp", `it was sent ${away} seconds ago by its own word. Check the clocks, or allow more`);
  }
  return { id, sentMs };
}

/** Every pair is compared, whatever fits, so that the time it takes tells nothing. */
function isSigned(keys: readonly Uint8Array[], signatures: readonly string[], parts: SignedParts): boolean {
  const given = signatures.map((signature) => Buffer.from(signature));
  const fits = keys.map((key) => {
    const expected = Buffer.from(signatureOf(key, parts));
    return given.filter((one) => one.length === expected.length && timingSafeEqual(one, expected)).length > 0;
  });
  return fits.includes(true);
}

function toTolerance(toleranceMs: number | undefined): number {
  if (toleranceMs === undefined) return DEFAULT_TOLERANCE_MS;
  if (Number.isFinite(toleranceMs) && toleranceMs >= 0) return toleranceMs;
  const message = `${where}: option "toleranceMs": at least 0 milliseconds are expected; ${toleranceMs} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function readHeader(headers: HeadersLike, name: string): string | undefined {
  const value = isFetchHeaders(headers) ? headers.get(name) : findHeader(headers, name);
  return typeof value === "string" ? value : undefined;
}

function isFetchHeaders(headers: HeadersLike): headers is Pick<Headers, "get"> {
  return typeof headers.get === "function";
}

function findHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  const keys = Object.keys(headers).filter((key) => key.toLowerCase() === name);
  // Two spellings with two values: which one was meant is for nobody to say.
  return keys.length === 1 ? headers[keys[0] ?? ""] : undefined;
}

function refused(reason: "header" | "signature" | "timestamp", problem: string): GenblazeError {
  return new GenblazeError("WEBHOOK_REFUSED", `The webhook is refused: ${problem}.`, { details: { reason } });
}
