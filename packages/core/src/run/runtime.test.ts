import { afterEach, describe, expect, it, vi } from "vitest";
import { createRuntime } from "./runtime.js";

afterEach(() => {
  vi.useRealTimers();
});

it("keeps rates and pauses when the system's clock is set", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const request = { account: "acme", model: "m", run: "r" };
  const { limits } = createRuntime({ limits: { acme: { rate: { requests: 1, perMs: 3_600_000 } }, other: {} } });
  (await limits.acquire(request)).release();
  limits.pause({ account: "other" }, 3_600_000);
  // An hour on, as if it were over.
  vi.setSystemTime(Date.now() + 7_200_000);
  const controller = new AbortController();
  const waiting = [request, { ...request, account: "other" }].map((each) =>
    limits.acquire({ ...each, signal: controller.signal }),
  );
  const { acme, other } = limits.state();
  expect([acme?.waiting, other?.waiting]).toEqual([1, 1]);
  controller.abort("the end");
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

describe("wrong options of a runtime", () => {
  it.each([
    [
      { limits: { jobs: { concurency: 1 } } },
      /createRuntime\(options\), option "limits": .*"limits\.jobs\.concurency"/,
    ],
    [{ poll: { every: 1 } }, /createRuntime\(options\), option "poll": .*there is no option "every"/],
    [{ retry: { attempts: 1 } }, /createRuntime\(options\), option "retry": /],
    [{ budget: {} }, /createRuntime\(options\), option "budget": .*at least one cap is expected/],
    [{ breaker: { failures: 0 } }, /createRuntime\(options\), option "breaker": .*at least 1 is expected/],
  ])("are named by the call that was given them: %j", (options: object, message) => {
    expect(() => createRuntime(options)).toThrow(message);
  });
});
