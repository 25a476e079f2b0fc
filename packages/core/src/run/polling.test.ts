import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { checkPreviewUrl } from "./check-preview-url.js";
import { heartbeatsOf } from "./heartbeats-of.js";
import { nextPollMs, type PollFacts, type PollingOptions, toPolling } from "./polling.js";

/** The middle of the jitter: nothing is added, nothing taken away. */
const middle = () => 0.5;
const least = () => 0;
const most = () => 1 - 2 ** -53;

const waitOf = (facts: Partial<PollFacts>, options?: PollingOptions) =>
  nextPollMs(toPolling(options), { elapsedMs: 0, random: middle, isFirst: false, ...facts });

describe("the wait before the next poll", () => {
  it.each([
    [0, 1_000],
    [29_999, 1_000],
    [30_000, 2_000],
    [60_000, 4_000],
    [119_999, 8_000],
    [120_000, 16_000],
    [150_000, 30_000],
    [86_400_000, 30_000],
    [1e300, 30_000],
    [Number.POSITIVE_INFINITY, 30_000],
    [-1, 1_000],
    [Number.NaN, 1_000],
  ])("after %d ms is %d ms", (elapsedMs, waitMs) => {
    expect(waitOf({ elapsedMs })).toBe(waitMs);
  });

  it("goes by the interval and the longest wait that are set", () => {
    expect(waitOf({ elapsedMs: 60_000 }, { intervalMs: 250 })).toBe(1_000);
    expect(waitOf({ elapsedMs: 60_000 }, { longestMs: 3_000 })).toBe(3_000);
    expect(waitOf({}, { intervalMs: 5_000, longestMs: 3_000 })).toBe(3_000);
    expect(waitOf({ elapsedMs: 90_000 }, { intervalMs: 60_000 })).toBe(60_000);
  });

  it.each([
    [2_500, 2_500],
    [0, 100],
    [99, 100],
    [300_001, 300_000],
    [Number.POSITIVE_INFINITY, 300_000],
  ])("is what the provider asked for, %d ms, within bounds: %d ms", (retryAfterMs, waitMs) => {
    for (const isFirst of [true, false]) {
      expect(waitOf({ retryAfterMs, elapsedMs: 90_000, estimatedMs: 60_000, isFirst, random: least })).toBe(waitMs);
    }
  });

  it("is as short as the provider asks for where the interval that is set is shorter than its bound", () => {
    expect(waitOf({ retryAfterMs: 5, random: least }, { intervalMs: 1 })).toBe(5);
    expect(waitOf({ retryAfterMs: 0, random: least }, { intervalMs: 1 })).toBe(1);
    expect(waitOf({ retryAfterMs: 0, random: least }, { intervalMs: 250 })).toBe(100);
  });

  it("is the first time most of what the provider estimated, and later not", () => {
    expect(waitOf({ estimatedMs: 60_000, isFirst: true })).toBe(48_000);
    expect(waitOf({ estimatedMs: 60_000, isFirst: false })).toBe(1_000);
    expect(waitOf({ estimatedMs: 1, isFirst: true })).toBe(100);
    expect(waitOf({ estimatedMs: 0, isFirst: true })).toBe(1_000);
    expect(waitOf({ estimatedMs: 86_400_000, isFirst: true })).toBe(300_000);
  });

  it.each([-1, Number.NaN])("does not go by %d as a time of the provider", (ms) => {
    expect(waitOf({ retryAfterMs: ms, estimatedMs: ms, isFirst: true })).toBe(1_000);
  });

  it("is a tenth more or less by chance, and never less than the provider asked for", () => {
    expect([waitOf({ random: least }), waitOf({ random: most })]).toEqual([900, expect.closeTo(1_100, 6)]);
    const estimate = { estimatedMs: 10_000, isFirst: true };
    expect([least, most].map((random) => waitOf({ ...estimate, random }))).toEqual([7_200, expect.closeTo(8_800, 6)]);
    const asked = { retryAfterMs: 1_000 };
    expect([least, most].map((random) => waitOf({ ...asked, random }))).toEqual([1_000, expect.closeTo(1_100, 6)]);
  });

  it("is a time that a timer can hold, whatever a provider says", () => {
    const facts = fc.record({
      elapsedMs: fc.double(),
      retryAfterMs: fc.option(fc.double(), { nil: undefined }),
      estimatedMs: fc.option(fc.double(), { nil: undefined }),
      isFirst: fc.boolean(),
      random: fc.constantFrom(least, middle, most),
    });
    fc.assert(
      fc.property(facts, (each) => {
        const waitMs = nextPollMs(toPolling(), each);
        expect(waitMs).toBeGreaterThanOrEqual(90);
        expect(waitMs).toBeLessThanOrEqual(330_000);
      }),
    );
  });

  it.each([
    [{ intervalMs: 0 }, 'option "intervalMs": more than 0 milliseconds are expected; the number 0 was given.'],
    [{ longestMs: "5" }, 'option "longestMs": milliseconds are expected; a string was given.'],
    [
      { longestMs: 1e9 },
      'option "longestMs": at most 86400000 milliseconds are expected; the number 1000000000 was given.',
    ],
    [{ interval: 5 }, 'there is no option "interval".'],
  ])("is refused with the options %j", (options, message) => {
    // What a JavaScript user may pass.
    const create = () => toPolling(options as PollingOptions);
    expect(codeOf(create)).toBe("INVALID_OPTION");
    expect(messageOf(create)).toContain(`polling: ${message}`);
  });
});

describe("the heartbeats of a wait", () => {
  it.each([
    [0, [0]],
    [14_999, [14_999]],
    [15_000, [10_000, 5_000]],
    [20_000, [10_000, 10_000]],
    [20_000.5, [10_000, 10_000, 0.5]],
    [30_000, [10_000, 10_000, 10_000]],
  ])("of %d ms are %j", (delayMs, waits) => {
    expect([...heartbeatsOf(delayMs)]).toEqual(waits);
  });

  it("are made one by one, so that an endless wait takes no room", () => {
    expect(heartbeatsOf(Number.POSITIVE_INFINITY).next()).toEqual({ done: false, value: 10_000 });
  });
});

describe("the address of a preview", () => {
  it.each([
    ["https://cdn.example.com/p.jpg?sig=1", "https://cdn.example.com/p.jpg?sig=1"],
    ["HTTPS://CDN.example.com", "https://cdn.example.com/"],
    [" https://example.com/\n", "https://example.com/"],
  ])("%j is shown as %s", (url, shown) => {
    expect(checkPreviewUrl(url)).toBe(shown);
  });

  it.each([
    "http://example.com/p.jpg",
    "https://user@example.com/p.jpg",
    "https://:password@example.com/p.jpg",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "file:///etc/passwd",
    "//example.com/p.jpg",
    "https://",
    "",
    undefined,
    null,
    5,
    { href: "https://example.com/" },
    `https://example.com/${"p".repeat(8_192)}`,
  ])("%j is not shown", (url) => {
    expect(checkPreviewUrl(url)).toBeUndefined();
  });
});
