import { getEventListeners } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../fakes/src/fake-clock.js";
import { serve } from "../../test/loopback.js";
import { codeOf, messageOf, rejection } from "../../test/thrown.js";
import { recordWarnings, secret, until } from "../../test/webhook-support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { ProviderWebhook, Submission } from "../provider/provider.js";
import type { WebhookReceiverOptions } from "./receiver-options.js";
import { signWebhook } from "./sign-webhook.js";
import { standardWebhook } from "./standard-webhook.js";
import { toNodeHandler } from "./to-node-handler.js";
import { createWebhookReceiver } from "./webhook-receiver.js";

/** Jobs as Replicate has them: `{ id, status, output }`. */
const webhook = standardWebhook({
  operationId: (operation) => String(operation),
  parse: (body) => {
    const { id, status, output } = body as { id: string; status: string; output: string };
    if (typeof id !== "string") throw new GenblazeError("INVALID_INPUT", "A prediction has an id.");
    if (status === "starting") return undefined;
    return { operationId: id, submission: status === "processing" ? pending(id) : done(output) };
  },
});
const done = (text: string): Submission => ({ status: "done", output: { text } });
const pending = (operation: string): Submission => ({ status: "pending", operation });
const acme = { name: "acme", webhook };
const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

function open(options: Partial<WebhookReceiverOptions> = {}) {
  const clock = createFakeClock();
  const recorded = recordWarnings();
  const providers = { acme: { provider: acme, secret } };
  const receiver = createWebhookReceiver({ providers, clock, logger: recorded.logger, ...options });
  let next = 0;
  const send = (body: JsonValue, changes: { id?: string; key?: string; path?: string; init?: RequestInit } = {}) => {
    const { id = `msg_${next++}`, key = secret, path = "/webhooks/acme", init } = changes;
    const text = JSON.stringify(body);
    const headers = { ...signWebhook({ secret: key, id, now: clock.now(), body: text }) };
    return receiver.handle(new Request(`https://me.example${path}`, { method: "POST", headers, body: text, ...init }));
  };
  return { receiver, clock, send, warnings: recorded.warnings };
}

const prediction = (id: string, output = "a text", status = "succeeded") => ({ id, status, output });
const { signal } = new AbortController();

describe("a receiver", () => {
  it("wakes exactly who waits for the job of a verified webhook", async () => {
    const { receiver, send } = open();
    const first = receiver.wait("acme", "job-1", signal);
    const same = receiver.wait("acme", "job-1", signal);
    const second = receiver.wait("acme", "job-2", signal);
    const answer = await send(prediction("job-1"));
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
    expect([await first, await same]).toEqual([done("a text"), done("a text")]);
    expect(receiver.state()).toEqual({ waiting: 1, kept: 0, remembered: 1, accepted: 1, replayed: 0, refused: 0 });
    await send(prediction("job-2", "another"));
    expect(await second).toEqual(done("another"));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("keeps the end of a job for who waits later, once, and progress for nobody", async () => {
    const { receiver, send } = open();
    await send(prediction("job-1", "", "processing"));
    expect(receiver.state().kept).toBe(0);
    await send(prediction("job-1"));
    await send(prediction("job-1", "", "processing"));
    expect(receiver.state().kept).toBe(1);
    expect(await receiver.wait("acme", "job-1", signal)).toEqual(done("a text"));
    expect(receiver.state()).toMatchObject({ kept: 0, waiting: 0 });
    const progress = receiver.wait("acme", "job-1", signal);
    await send(prediction("job-1", "", "processing"));
    expect(await progress).toEqual(pending("job-1"));
  });

  it("lets go of ends that nobody came for, by time and by number", async () => {
    const { receiver, clock, send } = open({ keepMs: 1_000, maxKept: 2 });
    await send(prediction("job-1"));
    await clock.advance(500);
    await send(prediction("job-2"));
    await clock.advance(499);
    expect(receiver.state().kept).toBe(2);
    await clock.advance(1);
    expect(receiver.state().kept).toBe(1);
    for (const id of ["job-3", "job-4"]) await send(prediction(id));
    const abort = new AbortController();
    const late = receiver.wait("acme", "job-2", abort.signal);
    expect(receiver.state()).toMatchObject({ kept: 2, waiting: 1 });
    abort.abort();
    expect((await rejection(late)).code).toBe("CANCELLED");
  });

  it("lets nobody wait longer than the signal does", async () => {
    const { receiver } = open();
    const controller = new AbortController();
    const waiting = receiver.wait("acme", "job-1", controller.signal);
    const timeout = new GenblazeError("TIMED_OUT", "The step took too long.");
    controller.abort(timeout);
    expect(await rejection(waiting)).toBe(timeout);
    expect(await rejection(receiver.wait("acme", "job-1", controller.signal))).toBe(timeout);
    expect(receiver.state().waiting).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("takes a delivery once: again within the window it is answered alike and has no effect", async () => {
    const { receiver, clock, send } = open({ replayWindowMs: 60_000 });
    const taken = await send(prediction("job-1"), { id: "msg_a" });
    await receiver.wait("acme", "job-1", signal);
    const again = await send(prediction("job-1"), { id: "msg_a" });
    expect([again.status, await again.text()]).toEqual([taken.status, await taken.text()]);
    expect(receiver.state()).toMatchObject({ kept: 0, accepted: 1, replayed: 1 });
    await clock.advance(59_999);
    await send(prediction("job-1"), { id: "msg_a" });
    expect(receiver.state()).toMatchObject({ kept: 0, accepted: 1, replayed: 2, remembered: 1 });
    await clock.advance(1);
    expect(receiver.state().remembered).toBe(0);
  });

  it("takes one of many equal deliveries that come at the same time", async () => {
    const { receiver, send } = open();
    await Promise.all(Array.from({ length: 20 }, () => send(prediction("job-1"), { id: "msg_a" })));
    expect(receiver.state()).toMatchObject({ kept: 1, accepted: 1, replayed: 19, remembered: 1 });
  });

  it("takes a delivery anew that was not taken the first time", async () => {
    const { receiver, send } = open();
    expect((await send(prediction("job-1"), { id: "msg_a", key: other })).status).toBe(401);
    expect((await send({ no: "id" }, { id: "msg_a" })).status).toBe(400);
    expect((await send(prediction("job-1"), { id: "msg_a" })).status).toBe(200);
    expect(receiver.state()).toMatchObject({ accepted: 1, replayed: 0, refused: 2 });
  });

  it("remembers the newest deliveries only when there are too many", async () => {
    const { receiver, send } = open({ maxRemembered: 2 });
    for (const id of ["msg_a", "msg_b", "msg_c", "msg_c", "msg_a"]) await send(prediction("job-1"), { id });
    expect(receiver.state()).toMatchObject({ remembered: 2, accepted: 4, replayed: 1 });
  });

  it("refuses what its vendor did not sign, or too long ago, and says why to the logger only", async () => {
    const { receiver, clock, warnings, send } = open();
    const forged = await send(prediction("job-1"), { key: other });
    expect([forged.status, await forged.json()]).toEqual([401, { status: "unauthorized" }]);
    const body = JSON.stringify(prediction("job-1"));
    const headers = { ...signWebhook({ secret, id: "msg_old", now: clock.now() - 301_000, body }) };
    const old = new Request("https://me.example/acme", { method: "POST", headers, body });
    expect((await receiver.handle(old)).status).toBe(401);
    expect(receiver.state()).toMatchObject({ kept: 0, remembered: 0, refused: 2 });
    expect(warnings[0]).toContain("no signature of it fits the secret");
    expect(warnings[1]).toContain("it was sent 301 seconds ago");
    expect(warnings.join()).not.toContain("v1,");
  });

  it("takes either of two secrets while they change", async () => {
    const { send } = open({ providers: { acme: { provider: acme, secret: [other, secret] } } });
    expect((await send(prediction("job-1"))).status).toBe(200);
    expect((await send(prediction("job-2"), { key: other })).status).toBe(200);
  });

  it.each([
    ["another method", { init: { method: "PUT" } }, 405],
    ["a name that is not there", { path: "/webhooks/other" }, 404],
    ["a name of every object", { path: "/webhooks/constructor" }, 404],
    ["no name", { path: "/" }, 404],
    ["a slash at the end", { path: "/webhooks/acme/" }, 200],
    ["a query", { path: "/webhooks/acme?a=b/c" }, 200],
  ])("answers %s", async (_, changes, status) => {
    const { send } = open();
    expect((await send(prediction("job-1"), changes)).status).toBe(status);
  });

  it("answers GET and HEAD with 405 and the method to use", async () => {
    const { receiver } = open();
    for (const method of ["GET", "HEAD"]) {
      const answer = await receiver.handle(new Request("https://me.example/acme", { method }));
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  it("answers 400 for a verified body that is no JSON, and for one that is no UTF-8 or is absent 400 and 401", async () => {
    const { receiver, clock } = open();
    const post = (body: string | Uint8Array<ArrayBuffer> | null) => {
      const headers = { ...signWebhook({ secret, id: "msg_x", now: clock.now(), body: body ?? "x" }) };
      return receiver.handle(new Request("https://me.example/acme", { method: "POST", headers, body }));
    };
    const statuses = [];
    for (const body of ["{", new Uint8Array([0x22, 0xff, 0x22]), null]) statuses.push((await post(body)).status);
    expect(statuses).toEqual([400, 400, 401]);
  });

  it("answers 200 for what says nothing of a job", async () => {
    const { receiver, send } = open();
    expect((await send(prediction("job-1", "", "starting"))).status).toBe(200);
    expect(receiver.state()).toMatchObject({ kept: 0, accepted: 1, remembered: 1 });
  });

  it("answers 500 when the provider's own check fails in another way, so that the vendor may try again", async () => {
    const broken: ProviderWebhook = {
      ...webhook,
      verify() {
        throw new TypeError("cannot read");
      },
    };
    const { send, warnings } = open({ providers: { acme: { provider: { name: "acme", webhook: broken }, secret } } });
    expect((await send(prediction("job-1"))).status).toBe(500);
    expect(warnings[0]).toContain("Verifying a webhook: TypeError: cannot read");
  });

  it("awaits a check that takes its time", async () => {
    const slow: ProviderWebhook = {
      ...webhook,
      async verify() {
        await Promise.resolve();
        throw new GenblazeError("WEBHOOK_REFUSED", "no");
      },
    };
    const { send } = open({ providers: { acme: { provider: { name: "acme", webhook: slow }, secret } } });
    expect((await send(prediction("job-1"))).status).toBe(401);
  });

  it("knows a delivery by its body when the vendor gives it no id", async () => {
    const { deliveryId: _, ...plain } = webhook;
    const { receiver, send } = open({ providers: { acme: { provider: { name: "acme", webhook: plain }, secret } } });
    for (const body of [prediction("job-1"), prediction("job-1"), prediction("job-2")]) await send(body);
    expect(receiver.state()).toMatchObject({ kept: 2, accepted: 2, replayed: 1 });
  });

  it("keeps jobs and deliveries of different providers apart", async () => {
    const providers = { acme: { provider: acme, secret }, second: { provider: acme, secret: other } };
    const { receiver, send } = open({ providers });
    const second = receiver.wait("second", "job-1", signal);
    await send(prediction("job-1"), { id: "msg_a" });
    await send(prediction("job-1", "of the second"), { id: "msg_a", path: "/second", key: other });
    expect(await second).toEqual(done("of the second"));
    expect(receiver.state()).toMatchObject({ kept: 1, accepted: 2 });
  });
});

describe("the body of a webhook", () => {
  /** A body that comes in pieces, and how many of them were asked for. */
  function pieces(size: number) {
    let asked = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        asked += 1;
        controller.enqueue(new Uint8Array(size));
      },
    });
    return { body, asked: () => asked };
  }
  const streamed = (body: ReadableStream<Uint8Array>, headers = {}) =>
    new Request("https://me.example/acme", { method: "POST", headers, body, duplex: "half" } as RequestInit);

  it("is counted as it comes, whatever the sender says of its length, and is not read to its end", async () => {
    const { receiver, clock } = open({ maxBodyBytes: 1_000 });
    const { body, asked } = pieces(400);
    expect((await receiver.handle(streamed(body, { "content-length": "10" }))).status).toBe(413);
    expect(asked()).toBeLessThan(6);
    expect(clock.pending).toBe(0);
  });

  it("may have the most bytes, but none more", async () => {
    const text = JSON.stringify(prediction("job-1"));
    expect((await open({ maxBodyBytes: text.length }).send(prediction("job-1"))).status).toBe(200);
    expect((await open({ maxBodyBytes: text.length - 1 }).send(prediction("job-1"))).status).toBe(413);
  });

  it("must have come in time", async () => {
    const { receiver, clock } = open({ bodyTimeoutMs: 5_000 });
    let isCancelled = false;
    const silent = new ReadableStream<Uint8Array>({
      cancel() {
        isCancelled = true;
      },
    });
    const answer = receiver.handle(streamed(silent));
    await clock.advance(5_000);
    expect([(await answer).status, isCancelled, clock.pending]).toEqual([408, true, 0]);
  });

  it("that breaks off is answered with 400", async () => {
    const { receiver } = open();
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("gone")) });
    expect((await receiver.handle(streamed(broken))).status).toBe(400);
  });
});

describe("a receiver in a server of Node", () => {
  it("takes a webhook, and answers one that is too large", async () => {
    const receiver = createWebhookReceiver({ providers: { acme: { provider: acme, secret } }, maxBodyBytes: 1_000 });
    const origin = await serve(toNodeHandler(receiver.handle));
    const post = (body: string) => {
      const headers = { ...signWebhook({ secret, id: "msg_1", now: Date.now(), body }) };
      return fetch(`${origin}/webhooks/acme`, { method: "POST", headers, body });
    };
    const waiting = receiver.wait("acme", "job-1", signal);
    const answer = await post(JSON.stringify(prediction("job-1")));
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
    expect(await waiting).toEqual(done("a text"));
    expect((await post("x".repeat(2_000))).status).toBe(413);
    const asked = await fetch(`${origin}/webhooks/acme`);
    expect([asked.status, asked.headers.get("allow"), await asked.json()]).toEqual([
      405,
      "POST",
      { status: "method not allowed" },
    ]);
  });

  it("answers a body without end at its limit, and closes the connection", async () => {
    const receiver = createWebhookReceiver({ providers: { acme: { provider: acme, secret } }, maxBodyBytes: 1_000 });
    const { port } = new URL(await serve(toNodeHandler(receiver.handle)));
    const socket = connect(Number(port), "127.0.0.1");
    let heard = "";
    let isClosed = false;
    socket.on("data", (data) => {
      heard += data.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      isClosed = true;
    });
    socket.write("POST /acme HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    socket.write(`7d0\r\n${"x".repeat(2_000)}\r\n`);
    await until(() => isClosed);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("outlives a sender that goes away in the middle", async () => {
    const receiver = createWebhookReceiver({ providers: { acme: { provider: acme, secret } } });
    const { port } = new URL(await serve(toNodeHandler(receiver.handle)));
    const socket = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => socket.on("connect", resolve));
    socket.write("POST /acme HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    socket.end();
    socket.destroySoon();
    await until(() => receiver.state().refused === 1);
  });

  it("answers 500 for a handler that rejects", async () => {
    const origin = await serve(toNodeHandler(() => Promise.reject(new Error("theirs"))));
    expect((await fetch(origin)).status).toBe(500);
  });
});

describe("the options of a receiver", () => {
  it.each<[string, object]>([
    ['there is no option "provider". Did you mean "providers"?', { providers: {}, provider: {} }],
    ["providers", {}],
    ["providers.a/b", { providers: { "a/b": { provider: acme, secret } } }],
    ["providers.acme", { providers: { acme } }],
    ['provider "plain" has no `webhook`', { providers: { acme: { provider: { name: "plain" }, secret } } }],
    ["providers.acme.secret", { providers: { acme: { provider: acme } } }],
    ["providers.acme.secret", { providers: { acme: { provider: acme, secret: "" } } }],
    ["providers.acme.secret", { providers: { acme: { provider: acme, secret: [] } } }],
    ["maxBodyBytes", { providers: {}, maxBodyBytes: 0 }],
    ["replayWindowMs", { providers: {}, replayWindowMs: -1 }],
  ])("are refused: %s", (named, options) => {
    const make = () => createWebhookReceiver(options as WebhookReceiverOptions);
    expect(codeOf(make)).toBe("INVALID_OPTION");
    expect(messageOf(make)).toContain(named);
  });

  it("say which providers can be waited for", async () => {
    const error = await rejection(open().receiver.wait("acne", "job-1", signal));
    expect(error.message).toBe(
      'receiver.wait(provider, ...): there is no provider "acne" in `providers`. Known names: acme.',
    );
  });
});
