import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { webhookNotifier } from "./webhook-notifier.js";

describe("the URL of a notifier", () => {
  it.each([
    ["http://example.com/", "an https URL is expected"],
    ["ftp://example.com/", "an https URL is expected"],
    ["not a url", "a well-formed URL is expected"],
    ["https://user:password@example.com/", "a URL without name and password is expected"],
    ["https://10.0.0.1/", "a URL of a public server is expected"],
    ["https://[fd00::1]/", "a URL of a public server is expected"],
    ["https://169.254.169.254/", "a URL of a public server is expected"],
    ["https://localhost/", "a public server is expected, not this machine (allowLoopback: true allows it)"],
    ["https://hooks.localhost/", "a public server is expected, not this machine (allowLoopback: true allows it)"],
    ["https://2130706433/", "a public server is expected, not this machine (allowLoopback: true allows it)"],
    ["http://[::1]:80/", "a public server is expected, not this machine (allowLoopback: true allows it)"],
  ])("is not %s", (url, problem) => {
    expect(messageOf(() => webhookNotifier({ url }))).toBe(`webhookNotifier(options): option "url": ${problem}.`);
  });

  it("is over http this machine only, even when that is allowed", () => {
    expect(codeOf(() => webhookNotifier({ url: "http://example.com/", allowLoopback: true }))).toBe("INVALID_OPTION");
    expect(codeOf(() => webhookNotifier({ url: "ftp://localhost/", allowLoopback: true }))).toBe("INVALID_OPTION");
  });
});

describe("the options of a notifier", () => {
  const url = "https://example.com/";
  it.each<[string, object]>([
    ['there is no option "event". Did you mean "events"?', { event: [] }],
    ["events.0", { events: ["step.done"] }],
    ["format", { format: "xml" }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["maxWaiting", { maxWaiting: 0 }],
    ["concurrency", { concurrency: 101 }],
    ["retry: there is no option", { retry: { attempts: 2 } }],
    ["headers", { headers: { "Webhook-Id": "mine" } }],
    ["headers", { headers: { "content-type": "text/plain" } }],
    ["headers", { headers: { "x-line": "a\r\nb: c" } }],
    ["secret", { secret: "hunter2" }],
    ["clock", { clock: {} }],
    ["fetch", { fetch: "fetch" }],
  ])("are refused: %s", (named, options) => {
    const message = messageOf(() => webhookNotifier({ url, ...options }));
    expect(message).toContain(named);
    expect(message).not.toContain("hunter2");
  });
});
