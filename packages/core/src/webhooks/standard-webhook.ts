import type { JsonValue } from "../json/json-value.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import type { ProviderWebhook, WebhookNews } from "../provider/provider.js";
import { verifyWebhook } from "./verify-webhook.js";

/** What {@link standardWebhook} takes: what the vendor's jobs look like. */
export interface StandardWebhookOptions {
  /** The vendor's id of the job that an operation of `submit` or `poll` is. */
  readonly operationId: (operation: JsonValue) => string;
  /** Reads a verified body; undefined for what says nothing of a job. */
  readonly parse: (body: JsonValue) => WebhookNews | undefined;
  /** How far the vendor's time may be away, in milliseconds. @default 300_000 */
  readonly toleranceMs?: number | undefined;
  /** What the names of the headers begin with. @default "webhook" */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/**
 * The webhooks of a vendor that signs as the Standard Webhooks specification says, for a provider's `webhook`.
 * Replicate does (https://replicate.com/docs/topics/webhooks/verify-webhook), and those who send by Svix.
 *
 * @example
 * const webhook = standardWebhook({
 *   operationId: (operation) => String(operation),
 *   parse: (body) => ({ operationId: body.id, submission: toSubmission(body) }),
 * });
 */
export function standardWebhook(options: StandardWebhookOptions): ProviderWebhook {
  assertKnownOptions(options, ["operationId", "parse", "toleranceMs", "headerPrefix"], "standardWebhook(options)");
  const { operationId, parse, toleranceMs, headerPrefix = "webhook" } = options;
  return {
    verify({ headers, body }, { secret, now }) {
      verifyWebhook({ secret, headers, body, now, toleranceMs, headerPrefix });
    },
    // Signed with the rest, so it can be relied upon.
    deliveryId: ({ headers }) => headers.get(`${headerPrefix}-id`) ?? undefined,
    parse,
    operationId,
  };
}
