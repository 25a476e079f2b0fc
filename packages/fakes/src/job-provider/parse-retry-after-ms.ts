/** Nobody waits longer than a day; what is asked for beyond is a mistake, or hostile. */
const LONGEST_MS = 86_400_000;

/** How long a vendor asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
export function parseRetryAfterMs(headers: Headers, now: number): number | undefined {
  const exact = toNumber(headers.get("retry-after-ms"));
  if (exact !== undefined) return Math.min(exact, LONGEST_MS);
  const given = headers.get("retry-after");
  const seconds = toNumber(given);
  if (seconds !== undefined) return Math.min(seconds * 1_000, LONGEST_MS);
  const date = given === null ? Number.NaN : Date.parse(given);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), LONGEST_MS);
}

function toNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}(\.\d{1,6})?$/.test(text.trim()) ? Number(text) : undefined;
}
