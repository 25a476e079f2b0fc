import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createRuntime, type Journal, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import type { JsonValue } from "../../src/json/json-value.js";
import type { Submission } from "../../src/provider/provider.js";
import {
  createWebhookReceiver,
  signWebhook,
  standardWebhook,
  toNodeHandler,
  type WebhookReceiver,
} from "../../src/webhooks/index.js";
import { serve } from "../loopback.js";
import { collect } from "../run-support.js";
import { createFakeClock } from "../support.js";
import { codeOf, messageOf } from "../thrown.js";
import { secret, until } from "../webhook-support.js";
import { lastingJournal } from "./durable-support.js";
import { done, jobs, pending, startStep } from "./waiting-support.js";

const otherSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** Jobs as `{ id, status, fraction }`; what a pending one says of where to ask is not to be believed. */
const webhook = standardWebhook({
  operationId: (operation) => String(Reflect.get(Object(operation), "id")),
  parse(body) {
    const { id, status, fraction } = body as { id: string; status: string; fraction: number };
    const submission: Submission =
      status === "succeeded"
        ? { status: "done", output: { text: "by webhook" } }
        : { status: "pending", operation: { id, url: "https://evil.example" }, progress: { fraction } };
    return { operationId: id, submission };
  },
});
const operation = { id: "job-1", url: "https://vendor.example/jobs/1" };

/** A receiver behind a server on loopback, a provider of its vendor, and what the vendor sends. */
async function open(options: { readonly poll?: (poll: number, operation: JsonValue) => Submission } = {}) {
  const clock = createFakeClock();
  const { poll = () => pending({ operation }) } = options;
  const provider = jobs(clock, {
    webhook,
    submit: () => pending({ operation }),
    poll: (asked, _, given) => poll(asked, given),
  });
  const receivers: WebhookReceiver[] = [];
  const origin = await serve((request, response) => {
    // The newest process has the address.
    const receiver = receivers.at(-1);
    if (receiver !== undefined) void toNodeHandler(receiver.handle)(request, response);
  });
  const listen = () => {
    const receiver = createWebhookReceiver({
      providers: { acme: { provider, secret } },
      publicUrl: `${origin}/webhooks/`,
      clock,
    });
    receivers.push(receiver);
    return receiver;
  };
  let sent = 0;
  const send = async (url: string | undefined, body: object, given: { key?: string; id?: string } = {}) => {
    const { key = secret, id = `msg_${sent++}` } = given;
    const text = JSON.stringify(body);
    const headers = { ...signWebhook({ secret: key, id, now: clock.now(), body: text }) };
    return (await fetch(url ?? "", { method: "POST", headers, body: text })).status;
  };
  const receiver = listen();
  const start = (more: { signal?: AbortSignal; step?: object; journal?: Journal; runId?: string } = {}) =>
    startStep(clock, provider, { runtime: { webhooks: receiver }, ...more });
  return { clock, provider, receiver, origin, listen, send, start };
}

const succeeded = { id: "job-1", status: "succeeded" };
const textOf = (result: { step(name: "a"): { readonly text: string | undefined } }) => result.step("a").text;

describe("a job whose vendor sends webhooks", () => {
  it("ends with the delivery, without a poll, and leaves nothing behind", async () => {
    const { clock, provider, receiver, origin, send, start } = await open();
    const handle = start();
    await clock.advance(5_000);
    expect(provider.urls).toEqual([expect.stringMatching(/\/webhooks\/attempt-[\w-]{22}\.[\w-]{22}\/acme$/)]);
    expect(provider.urls[0]?.startsWith(origin)).toBe(true);
    expect(receiver.state().waiting).toBe(1);
    expect(await send(provider.urls[0], succeeded)).toBe(200);
    const result = await handle.result;
    expect([result.status, textOf(result), provider.polls]).toEqual(["completed", "by webhook", []]);
    expect([receiver.state().waiting, clock.pending]).toEqual([0, 0]);
  });

  it("is polled ten times more slowly, up to a minute, so that a lost delivery is only slow", async () => {
    const { clock, provider, receiver, start } = await open({
      poll: (asked) => (asked < 4 ? pending({ operation, retryAfterMs: 20_000 }) : done),
    });
    const handle = start();
    while (await clock.advanceToNext());
    const result = await handle.result;
    // 1 s becomes 10 s; 20 s and what chance adds become a minute.
    expect([textOf(result), provider.polls]).toEqual(["a boat", [10_000, 70_000, 130_000, 190_000]]);
    expect([receiver.state().waiting, clock.pending]).toEqual([0, 0]);
  });

  it("tells of its progress by delivery, and is asked for by the provider's own operation after that", async () => {
    const asked: JsonValue[] = [];
    const { clock, provider, send, start } = await open({
      poll(_, given) {
        asked.push(given);
        return done;
      },
    });
    const handle = start();
    const events = collect(handle.events);
    await clock.advance(4_000);
    expect(await send(provider.urls[0], { id: "job-1", status: "running", fraction: 0.25 })).toBe(200);
    while (await clock.advanceToNext());
    expect(textOf(await handle.result)).toBe("a boat");
    expect([provider.polls, asked]).toEqual([[14_000], [operation]]);
    expect((await events).flatMap((event) => ("fraction" in event ? [event.fraction] : []))).toEqual([0.25]);
  });

  it("gives signs of life in a long wait", async () => {
    const { clock, provider, send, start } = await open();
    const handle = start({ step: { poll: { intervalMs: 5_000 } } });
    const events = collect(handle.events);
    await clock.advance(25_000);
    await send(provider.urls[0], succeeded);
    await handle.result;
    const beats = (await events).flatMap((event) => ("isHeartbeat" in event ? [event.elapsedMs] : []));
    expect([beats, clock.pending]).toEqual([[10_000, 20_000], 0]);
  });

  it("is not changed by deliveries that come twice, late, or of other jobs", async () => {
    const { clock, provider, receiver, send, start } = await open();
    const handle = start();
    await clock.advance(1_000);
    const [url] = provider.urls;
    expect(await send(url, { ...succeeded, id: "job-2" })).toBe(200);
    expect(receiver.state().waiting).toBe(1);
    expect(await send(url, succeeded, { id: "once" })).toBe(200);
    const result = await handle.result;
    const before = JSON.stringify([result.run, result.manifest.canonicalHash]);
    expect(await send(url, succeeded, { id: "once" })).toBe(200);
    expect(await send(url, { id: "job-1", status: "running", fraction: 0.1 })).toBe(200);
    expect(receiver.state()).toMatchObject({ accepted: 3, replayed: 1, waiting: 0 });
    expect(JSON.stringify([result.run, result.manifest.canonicalHash])).toBe(before);
    expect([provider.submits.length, clock.pending]).toEqual([1, 0]);
  });

  it("does not believe what its vendor did not sign, or what comes to an address that nobody was given", async () => {
    const { clock, provider, receiver, origin, send, start } = await open();
    const handle = start();
    await clock.advance(1_000);
    const url = provider.urls[0] ?? "";
    expect(await send(url, succeeded, { key: otherSecret })).toBe(401);
    for (const wrong of [url.replace(/attempt-..../, "attempt-AAAA"), url.replace(/.\/acme$/, "%20/acme")]) {
      expect(await send(wrong, succeeded)).toBe(404);
    }
    expect(await send(`${origin}/webhooks/attempt-/acme`, succeeded)).toBe(404);
    expect(receiver.state()).toMatchObject({ waiting: 1, accepted: 0, kept: 0, refused: 4 });
    expect(await send(url, succeeded)).toBe(200);
    expect(textOf(await handle.result)).toBe("by webhook");
  });

  it("ends with a delivery that comes before anybody waits for it, or while a poll is under way", async () => {
    const early = await open();
    const handle = early.start();
    await until(() => early.provider.submits.length === 1);
    await early.send(early.provider.urls[0], succeeded);
    expect(textOf(await handle.result)).toBe("by webhook");

    const amid = await open({ poll: () => new Promise(() => {}) as never });
    const other = amid.start();
    await amid.clock.advance(10_000);
    expect(amid.provider.polls).toEqual([10_000]);
    await amid.send(amid.provider.urls[0], succeeded);
    expect([textOf(await other.result), amid.clock.pending]).toEqual(["by webhook", 0]);
  });

  it("leaves no timer, no listener and nobody who waits when it is cancelled", async () => {
    const { clock, provider, receiver, start } = await open();
    const controller = new AbortController();
    const handle = start({ signal: controller.signal, step: { poll: { idleTimeoutMs: 90_000 } } });
    await clock.advance(5_000);
    controller.abort();
    const result = await handle.result;
    expect([result.status, provider.polls, receiver.state().waiting, clock.pending]).toEqual(["cancelled", [], 0, 0]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("is given up after its limits, as one that is polled", async () => {
    const { clock, receiver, start } = await open();
    const handle = start({ step: { poll: { idleTimeoutMs: 90_000 } } });
    while (await clock.advanceToNext());
    const { error } = (await handle.result).step("a");
    expect([error?.code, error?.details.limit, receiver.state().waiting]).toEqual(["TIMED_OUT", "idle", 0]);
    expect(clock.now() - Date.UTC(2026, 0, 15, 12)).toBe(90_000);
  });

  it("reaches another process that goes on with the run and listens, at the address of before", async () => {
    const { clock, provider, listen, send, start } = await open();
    const { journal } = lastingJournal();
    const first = start({ journal, runId: "r", step: { attemptTimeoutMs: 3_000 } });
    while (await clock.advanceToNext());
    expect((await first.result).step("a").error?.code).toBe("TIMED_OUT");
    const webhooks = listen();
    const pipeline = new Pipeline("p").step(provider, { name: "a", model: "m", attemptTimeoutMs: 300_000 });
    const again = resume("r", { journal, pipeline, runtime: createRuntime({ clock, webhooks, random: () => 0.5 }) });
    await clock.advance(2_000);
    // Asked once at once, since the delivery may have gone to the process that is gone.
    expect([provider.polls, webhooks.state().waiting]).toEqual([[1_000 * 3], 1]);
    expect(await send(provider.urls[0], succeeded)).toBe(200);
    expect([textOf(await again.result), provider.submits.length, clock.pending]).toEqual(["by webhook", 1, 0]);
  });
});

describe("the address that a vendor is given", () => {
  it("is another one for each attempt, the same in every process, and its receiver's alone", async () => {
    const { provider, receiver, listen, origin } = await open();
    const url = receiver.urlFor(provider, "run/step");
    expect(listen().urlFor(provider, "run/step")).toBe(url);
    expect(receiver.urlFor(provider, "run/step/2")).not.toBe(url);
    const options = { providers: { acme: { provider, secret } }, publicUrl: `${origin}/webhooks` };
    const keyed = createWebhookReceiver({ ...options, pathSecret: new Uint8Array(16).fill(7) });
    expect(keyed.urlFor(provider, "run/step")).not.toBe(url);
    expect((await keyed.handle(new Request(url ?? "", { method: "POST", body: "{}" }))).status).toBe(404);
    expect(url).not.toContain("run");
  });

  it("is that of this very provider, else of the only one of its name and account, else there is none", async () => {
    const { provider, receiver, origin } = await open();
    const twin = { ...provider };
    expect(receiver.urlFor(twin, "x")).toBe(receiver.urlFor(provider, "x"));
    expect(receiver.urlFor({ ...provider, account: "another" }, "x")).toBeUndefined();
    const two = { one: { provider, secret }, two: { provider: twin, secret: otherSecret } };
    const both = createWebhookReceiver({ providers: two, publicUrl: origin });
    expect(both.urlFor(twin, "x")).toMatch(/\/two$/);
    expect(both.urlFor({ ...provider }, "x")).toBeUndefined();
  });

  it("is not given where the runtime or the provider knows of no webhooks", async () => {
    const { clock, provider, receiver } = await open({ poll: () => done });
    const plain = jobs(clock, { poll: () => done });
    for (const [asked, runtime] of [
      [provider, {}],
      [plain, { webhooks: receiver }],
    ] as const) {
      const handle = startStep(clock, asked, { runtime });
      while (await clock.advanceToNext());
      await handle.result;
    }
    expect([provider.urls, plain.urls, plain.polls.length]).toEqual([[undefined], [undefined], 1]);
  });

  it.each([
    ["nothing", "a well-formed URL is expected"],
    ["http://example.com", "an https URL is expected"],
    ["https://me:secret@example.com", "a URL without name and password is expected"],
    ["https://example.com/?a=b", "a URL without ? and # is expected"],
  ])("is not made of %s", async (publicUrl, words) => {
    const { provider } = await open();
    const make = () => createWebhookReceiver({ providers: { acme: { provider, secret } }, publicUrl });
    expect(messageOf(make)).toBe(`createWebhookReceiver(options): option "publicUrl": ${words}.`);
  });

  it("is asked for by a runtime, which takes no receiver without", async () => {
    const { provider } = await open();
    const receiver = createWebhookReceiver({ providers: { acme: { provider, secret } } });
    expect(receiver.urlFor(provider, "x")).toBeUndefined();
    expect(codeOf(() => createRuntime({ webhooks: receiver }))).toBe("INVALID_OPTION");
    expect(messageOf(() => createRuntime({ webhooks: receiver }))).toContain("one without publicUrl was given");
  });
});
