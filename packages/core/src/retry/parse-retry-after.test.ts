import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./parse-retry-after.js";

const now = Date.UTC(2026, 0, 15, 12);

describe("the wait that a provider asks for", () => {
  it.each([
    ["seconds", "5", 5_000],
    ["decimal seconds", "2.5", 2_500],
    ["seconds with blanks around", " 7 ", 7_000],
    ["parts of a millisecond, rounded up", "0.0001", 1],
    ["a date", "Thu, 15 Jan 2026 12:00:30 GMT", 30_000],
    ["a date with an offset", "Thu, 15 Jan 2026 13:01:00 +0100", 60_000],
    ["more than a day, which is a day", "9999999", 86_400_000],
    ["no finite number, which is a day", "inf", 86_400_000],
    ["a date far away, which is a day", "Thu, 15 Jan 2099 12:00:00 GMT", 86_400_000],
  ])("is read from %s", (_, value, ms) => {
    expect(parseRetryAfter({ "retry-after": value }, now)).toBe(ms);
  });

  it.each([
    "",
    "0",
    "-1",
    "nan",
    "abc",
    "5 apples",
    "0x10",
    "1_0",
    "Thu, 15 Jan 2026 12:00:00 GMT",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Thu, 99 Xxx 2026 12:00:00 GMT",
    "2026-01-15T12:00:30Z",
    "1".repeat(65),
  ])("is not there when the header says %j", (value) => {
    expect(parseRetryAfter({ "retry-after": value }, now)).toBeUndefined();
  });

  it("is read in milliseconds from retry-after-ms before anything else", () => {
    expect(parseRetryAfter({ "Retry-After": "5", "Retry-After-Ms": "1200" }, now)).toBe(1_200);
    expect(parseRetryAfter({ "Retry-After": "5", "retry-after-ms": "soon" }, now)).toBe(5_000);
  });

  it("is read from the headers of fetch and from those of Node, in whatever case they are", () => {
    expect(parseRetryAfter(new Headers({ "RETRY-AFTER": "5" }), now)).toBe(5_000);
    expect(parseRetryAfter({ "RETRY-AFTER": "5" }, now)).toBe(5_000);
    expect(parseRetryAfter({ "retry-after": ["5", "9"] }, now)).toBe(5_000);
    expect(parseRetryAfter({ "retry-after": 5 }, now)).toBe(5_000);
    expect(parseRetryAfter({}, now)).toBeUndefined();
  });

  it("is not read from a date by one who does not know the time", () => {
    expect(parseRetryAfter({ "retry-after": "Thu, 15 Jan 2026 12:00:30 GMT" })).toBeUndefined();
    expect(parseRetryAfter({ "retry-after": "30" })).toBe(30_000);
  });
});
