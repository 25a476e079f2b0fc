import { GenblazeError } from "../errors/genblaze-error.js";
import { isJsonFloat } from "../json/json-float.js";
import { hasTimeZone, normalizeIsoTime, timeFromUnix } from "./iso-time.js";
import type { WireType } from "./wire-type.js";

const NUMBER_TEXT = /^[+-]?\d+(?:\.\d*)?$/;

/** A time, as text in the manifest's own form. */
export const timeType: WireType<string> = {
  expected: "an ISO 8601 time with its offset from UTC",
  read: (value, context) => {
    const time = typeof value === "string" ? normalizeIsoTime(value) : undefined;
    if (context.source === "wire") return time ?? readLeniently(value);
    return time !== undefined && hasTimeZone(time) ? time : undefined;
  },
  write: (value) => {
    if (hasTimeZone(value)) return `"${value}"`;
    throw new GenblazeError(
      "MANIFEST_INVALID",
      "A time of this manifest has no offset from UTC, so that it cannot be written. Make the manifest from its run again.",
    );
  },
};

function readLeniently(value: unknown): string | undefined {
  if (typeof value === "string") return NUMBER_TEXT.test(value) ? timeFromUnix(Number(value)) : undefined;
  const isNumber = typeof value === "number" || typeof value === "bigint" || isJsonFloat(value);
  return isNumber ? timeFromUnix(Number(value)) : undefined;
}
