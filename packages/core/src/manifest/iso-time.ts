const ISO_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+\-\u2212])(\d\d):?(\d\d))?)?$/;
// The usual text, recognised without taking it apart. Days after the 28th take the long way.
const IS_NORMAL =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(?!000000)\d{6})?Z$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const HAS_OFFSET = /[+-]\d\d:\d\d$/;

// Beyond this a Unix time is in milliseconds (a limit of the Python library, at the year 2603).
const LAST_UNIX_SECONDS = 2e10;
const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;

/** True when a time names its offset from UTC; only such a time can be written into a manifest. */
export function hasTimeZone(time: string): boolean {
  return time.endsWith("Z") || HAS_OFFSET.test(time);
}

/**
 * An ISO 8601 time in the manifest's own form: `2026-01-15T12:00:00.123456Z`, the fraction only when it is not zero,
 * other offsets kept. `undefined` when the text is no such time.
 */
export function normalizeIsoTime(text: string): string | undefined {
  if (IS_NORMAL.test(text)) return text;
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", fraction = ""] = match;
  const zone = normalizeZone(match[8], match[9], match[10] ?? "00", match[11] ?? "00");
  if (zone === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fractionText(fraction)}${zone}`;
}

/** The time of a Unix time in seconds, or in milliseconds when it is too large for seconds. */
export function timeFromUnix(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const whole = Math.floor(value);
  const fraction = value - whole;
  const isSeconds = Math.abs(value) <= LAST_UNIX_SECONDS;
  const thousandths = isSeconds ? 0 : ((whole % 1000) + 1000) % 1000;
  const micros = thousandths * 1000 + Math.round(fraction * (isSeconds ? 1e6 : 1e3));
  const second = (isSeconds ? whole : Math.floor(whole / 1000)) + Math.floor(micros / 1e6);
  if (second < FIRST_SECOND || second > LAST_SECOND) return undefined;
  const toSecond = new Date(second * 1000).toISOString().slice(0, 19);
  return `${toSecond}${fractionText(String(micros % 1e6).padStart(6, "0"))}Z`;
}

function fractionText(digits: string): string {
  const micros = digits.slice(0, 6).padEnd(6, "0");
  return micros === "000000" ? "" : `.${micros}`;
}

function normalizeZone(utc: string | undefined, sign: string | undefined, hours: string, minutes: string) {
  if (utc !== undefined) return "Z";
  if (sign === undefined) return "";
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  if (hours === "00" && minutes === "00") return "Z";
  return `${sign === "+" ? "+" : "-"}${hours}:${minutes}`;
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeapYear ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= days;
}
