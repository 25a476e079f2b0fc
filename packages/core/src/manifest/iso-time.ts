const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)?([Zz]|[+\-\u2212](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/;
const HAS_OFFSET = /(?:Z|[+-]\d\d:\d\d)$/;

// Beyond this a Unix time is in milliseconds (a limit of the Python library, at the year 2603).
const LAST_UNIX_SECONDS = 2e10;
const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;

/** True when a time names its offset from UTC; only such a time can be written into a manifest. */
export function hasTimeZone(time: string): boolean {
  return HAS_OFFSET.test(time);
}

/**
 * An ISO 8601 time in the manifest's own form: `2026-01-15T12:00:00.123456Z`, the fraction only when it is not zero,
 * other offsets kept. `undefined` when the text is no such time.
 */
export function normalizeIsoTime(text: string): string | undefined {
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  const [, date, minute = "00:00", second = ":00", fraction = "", zone = ""] = match;
  const toSecond = `${date}T${minute}${second}`;
  return isOnCalendar(toSecond) ? toSecond + fractionText(fraction) + normalizeZone(zone) : undefined;
}

/** The time of a Unix time in seconds, or in milliseconds when it is too large for seconds. */
export function timeFromUnix(value: number): string | undefined {
  const ticksPerSecond = Math.abs(value) <= LAST_UNIX_SECONDS ? 1 : 1000;
  const microsPerTick = 1e6 / ticksPerSecond;
  const ticks = Math.floor(value);
  const wholeSecond = Math.floor(ticks / ticksPerSecond);
  const micros = (ticks - wholeSecond * ticksPerSecond) * microsPerTick + Math.round((value - ticks) * microsPerTick);
  const second = wholeSecond + Math.floor(micros / 1e6);
  // Written so that it refuses NaN, which infinities become here.
  if (!(second >= FIRST_SECOND && second <= LAST_SECOND)) return undefined;
  const toSecond = new Date(second * 1000).toISOString().slice(0, 19);
  return `${toSecond}${fractionText(String(micros % 1e6).padStart(6, "0"))}Z`;
}

function fractionText(digits: string): string {
  const micros = digits.slice(0, 6).padEnd(6, "0");
  return micros === "000000" ? "" : `.${micros}`;
}

function normalizeZone(zone: string): string {
  if (zone === "Z") return zone;
  const offset = zone
    .toUpperCase()
    .replace("\u2212", "-")
    .replace(/(\d\d)(\d\d)$/, "$1:$2");
  return /^[+-]00:00$/.test(offset) ? "Z" : offset;
}

/** Python has no year 0. `Date` knows no February 30th, and reads it as a day of March or as none. */
function isOnCalendar(toSecond: string): boolean {
  return !toSecond.startsWith("0000") && new Date(`${toSecond}Z`).getUTCDate() === Number(toSecond.slice(8, 10));
}
