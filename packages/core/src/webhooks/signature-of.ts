import { createHmac } from "node:crypto";

/** What is signed of a webhook. */
export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970, as it stands in the header. */
  readonly timestamp: string;
  readonly body: string | Uint8Array;
}

/**
 * One signature as it stands in the header: HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0.0, "Signature
 * scheme"), where neither id nor timestamp has a full stop.
 */
export function signatureOf(key: Uint8Array, { id, timestamp, body }: SignedParts): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

/** No full stop, as the specification asks, nothing else that a header could not hold, and of a bounded length. */
const ID = /^[\w:/+=~@-]{1,256}$/;

/** Whether a text can be the id of a webhook. */
export function isWebhookId(text: unknown): text is string {
  return typeof text === "string" && ID.test(text);
}
