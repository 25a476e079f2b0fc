import { describe, expect, it } from "vitest";
import { serve } from "../../test/loopback.js";
import { errorFromResponse } from "./error-from-response.js";
import { isRejected } from "./is-rejected.js";

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers });
const errorOf = (status: number, headers?: Record<string, string>) =>
  errorFromResponse(answer(status, headers), { provider: "acme", body: "no" });

describe("the error for an answer that is no success", () => {
  it.each([
    [400, "INVALID_INPUT", true],
    [401, "AUTH_FAILED", true],
    [402, "AUTH_FAILED", true],
    [403, "AUTH_FAILED", true],
    [404, "INVALID_INPUT", true],
    [408, "TIMED_OUT", false],
    [409, "INVALID_INPUT", true],
    [413, "INVALID_INPUT", true],
    [422, "INVALID_INPUT", true],
    [425, "RATE_LIMITED", true],
    [429, "RATE_LIMITED", true],
    [451, "CONTENT_POLICY", true],
    [500, "SERVER_ERROR", false],
    [502, "SERVER_ERROR", false],
    [503, "SERVER_ERROR", false],
    [504, "SERVER_ERROR", false],
    [529, "SERVER_ERROR", false],
    [302, "SERVER_ERROR", false],
  ])("of status %i has the code %s, and a submit that was surely not taken: %s", (status, code, isSure) => {
    const error = errorOf(status);
    expect([error.code, isRejected(error), error.details.status]).toEqual([code, isSure, status]);
  });

  it("knows that a job was not taken when a 503 says when to come back, and of no other 5xx", () => {
    const sure = [500, 502, 503, 504].filter((status) => isRejected(errorOf(status, { "retry-after": "5" })));
    expect(sure).toEqual([503]);
    expect(errorOf(503, { "retry-after": "5" }).retryAfterMs).toBe(5_000);
  });

  it("carries what a real answer says, and when to come back", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(429, { "retry-after": "Thu, 15 Jan 2026 12:00:30 GMT" }).end('{"detail":"too many"}');
    });
    const response = await fetch(origin);
    const body = await response.text();
    const error = errorFromResponse(response, { provider: "acme", body, now: Date.UTC(2026, 0, 15, 12) });
    expect(error.retryAfterMs).toBe(30_000);
    expect(error.message).toBe(
      'acme answered 429: "{"detail":"too many"}". Try again later, or set a limit for this account.',
    );
  });

  it("says when an answer has no text", () => {
    const error = errorFromResponse(answer(500), { provider: "acme" });
    expect(error.message).toBe("acme answered 500: without a text. Try again later, or give the step another target.");
  });

  it("shows at most 300 characters of the body, without what could steer a terminal", () => {
    const body = `\u001b[31mred\n\n${"😀".repeat(5_000)}`;
    const error = errorFromResponse(answer(400), { provider: "acme", body });
    expect(error.message).toBe(
      `acme answered 400: "[31mred ${"😀".repeat(289)}...". Correct the model, the prompt, the parameters or the inputs.`,
    );
  });

  it.each([
    ["a key", `{"key":"sk-${"a".repeat(30)}"}`],
    ["a signed URL", `see https://files.test/a.png?X-Amz-Signature=${"a".repeat(30)} there`],
    ["half a key that the cut goes through", `${"-".repeat(1)}${" ".repeat(1_970)}sk-${"a".repeat(60)}`],
  ])("shows no secret of the body: %s", (_, body) => {
    expect(errorFromResponse(answer(500), { provider: "acme", body }).message).not.toContain("aaaa");
  });

  it("names the reason when money is missing", () => {
    expect(errorOf(402).details).toEqual({ status: 402, reason: "billing" });
  });
});
