/** What an answer's headers are read from: those of `fetch`, or an object as SDKs and Node have them. */
export type HeadersLike = Pick<Headers, "get"> | Readonly<Record<string, unknown>>;

/** Longer values are no wait. */
const MAX_CHARACTERS = 64;
/** Whoever asks for more gets a day; also for what is no finite number. */
const LONGEST_MS = 86_400_000;
const NUMBER = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const ENDLESS = /^\+?inf(?:inity)?$/i;
/** RFC 9110, 5.6.7 "IMF-fixdate", and with an offset as of RFC 5322. */
const HTTP_DATE = /^[a-z]{3}, \d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})$/i;

/**
 * How long the other side asks to wait, in milliseconds, at most a day: `retry-after-ms` (OpenAI), else `Retry-After`
 * (RFC 9110, 10.2.3) as seconds, whole or decimal, or as a date, which needs the time it is now. Names count in either
 * case. Undefined when there is none, it cannot be read, or the time is over.
 *
 * @example
 * const retryAfterMs = parseRetryAfter(response.headers, context.clock.now());
 */
export function parseRetryAfter(headers: HeadersLike, now?: number): number | undefined {
  return (
    parseNumber(readHeader(headers, "retry-after-ms"), 1) ??
    parseNumber(readHeader(headers, "retry-after"), 1_000) ??
    parseDate(readHeader(headers, "retry-after"), now)
  );
}

function readHeader(headers: HeadersLike, name: string): string {
  const value = isFetchHeaders(headers) ? headers.get(name) : findHeader(headers, name);
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text === "number") return String(text);
  return typeof text === "string" && text.length <= MAX_CHARACTERS ? text.trim() : "";
}

function isFetchHeaders(headers: HeadersLike): headers is Pick<Headers, "get"> {
  return typeof headers.get === "function";
}

function findHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(headers).find((key) => key.toLowerCase() === name);
  return key === undefined ? undefined : headers[key];
}

function parseNumber(text: string, unitMs: number): number | undefined {
  if (ENDLESS.test(text)) return LONGEST_MS;
  return NUMBER.test(text) ? bounded(Math.ceil(Number(text) * unitMs)) : undefined;
}

function parseDate(text: string, now: number | undefined): number | undefined {
  if (now === undefined || !HTTP_DATE.test(text)) return undefined;
  return bounded(Date.parse(text) - now);
}

function bounded(ms: number): number | undefined {
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}
