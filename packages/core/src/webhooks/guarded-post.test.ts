import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { serve } from "../../test/loopback.js";
import { rejection } from "../../test/thrown.js";
import { until } from "../../test/webhook-support.js";
import { guardedPost, postByFetch } from "./guarded-post.js";

const signal = new AbortController().signal;
const request = { headers: { "x-a": "b" }, body: "{}", signal };

describe("a guarded post", () => {
  it.each([
    "https://localhost/",
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://[fd00::1]/",
    "http://example.com/",
  ])("to %s is refused before anybody is asked", async (url) => {
    expect((await rejection(guardedPost(false)({ ...request, url }))).code).toBe("DOWNLOAD_REFUSED");
  });

  it("to another private server is refused though loopback is allowed", async () => {
    for (const url of ["https://10.0.0.1/", "http://10.0.0.1/", "http://8.8.8.8/"]) {
      expect((await rejection(guardedPost(true)({ ...request, url }))).code).toBe("DOWNLOAD_REFUSED");
    }
  });

  it("gives status and headers, asks no redirect, and leaves the signal without listeners", async () => {
    const asked: string[] = [];
    const origin = await serve((message, response) => {
      asked.push(`${message.method} ${message.url} ${message.headers["x-a"]} ${message.headers["content-length"]}`);
      response.writeHead(307, { location: "/b", "retry-after": "3" }).end();
    });
    const answer = await guardedPost(true)({ ...request, url: `${origin}/a`, body: "ä" });
    expect(answer).toMatchObject({ status: 307, headers: { "retry-after": "3" } });
    expect(asked).toEqual(["POST /a b 2"]);
    await until(() => getEventListeners(signal, "abort").length === 0);
  });

  it("throws the reason of its signal, before and while it asks", async () => {
    const controller = new AbortController();
    const reason = new Error("time is up");
    const origin = await serve(() => controller.abort(reason));
    for (const post of [guardedPost(true), postByFetch(globalThis.fetch)]) {
      await expect(post({ ...request, url: origin, signal: controller.signal })).rejects.toBe(reason);
    }
    const later = new AbortController();
    const hanging = await serve(() => later.abort(reason));
    await expect(postByFetch(globalThis.fetch)({ ...request, url: hanging, signal: later.signal })).rejects.toBe(
      reason,
    );
  });
});
