/** A `Request`, or Node's `IncomingMessage`. */
export interface RequestWithHeaders {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The number of the last event that a client of server-sent events has, for `after`; undefined when it has none, or its
 * header `Last-Event-ID` holds something that no event has.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventId({ headers }: RequestWithHeaders): number | undefined {
  const value = headers instanceof Headers ? headers.get("last-event-id") : headers["last-event-id"];
  // 15 digits are a safe integer.
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
