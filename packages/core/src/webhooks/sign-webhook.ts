import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import type { WebhookSecret } from "../provider/provider.js";
import { isWebhookId, signatureOf } from "./signature-of.js";
import { toKeys } from "./webhook-secret.js";

/** What {@link signWebhook} takes. */
export interface SignWebhookOptions {
  /**
   * `whsec_` and base64, or bytes; 24 to 75 bytes. Several while one takes the place of another: each gives a
   * signature, and receivers that know any of them are content.
   */
  readonly secret: WebhookSecret | readonly WebhookSecret[];
  /** The same for every attempt to deliver the same; 1 to 256 characters without a full stop. */
  readonly id: string;
  /** Milliseconds since 1970, of this attempt. */
  readonly now: number;
  /** What is sent, as it is sent. */
  readonly body: string | Uint8Array;
}

/** The three headers of a signed webhook. */
export interface WebhookHeaders {
  readonly "webhook-id": string;
  /** Seconds since 1970. */
  readonly "webhook-timestamp": string;
  /** `v1,` and base64; several are separated by blanks. */
  readonly "webhook-signature": string;
}

const where = "signWebhook(options)";

/**
 * The headers that sign a webhook, after the Standard Webhooks specification 1.0.0
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), so that the libraries
 * of that specification verify it in any language. INVALID_OPTION, which shows no secret.
 *
 * @example
 * const headers = signWebhook({ secret, id: "msg_1", now: clock.now(), body });
 */
export function signWebhook(options: SignWebhookOptions): WebhookHeaders {
  assertKnownOptions(options, ["secret", "id", "now", "body"], where);
  const { secret, id, now, body } = options;
  const keys = toKeys(secret, where);
  if (!isWebhookId(id)) {
    throw wrong("id", '1 to 256 letters, digits and "_:/+=~@-" are expected', describeValue(id));
  }
  if (!Number.isFinite(now) || now < 0) throw wrong("now", "milliseconds since 1970 are expected", describeValue(now));
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw wrong("body", "a text or bytes are expected", describeValue(body));
  }
  const timestamp = String(Math.floor(now / 1_000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": keys.map((key) => signatureOf(key, { id, timestamp, body })).join(" "),
  };
}

function wrong(option: string, expected: string, came: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `${where}: option "${option}": ${expected}; ${came} was given.`);
}
