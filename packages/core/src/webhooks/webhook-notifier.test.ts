import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../fakes/src/fake-clock.js";
import { serve } from "../../test/loopback.js";
import {
  completed,
  ended,
  progress,
  recordDelays,
  recordWarnings,
  secret,
  started,
  until,
} from "../../test/webhook-support.js";
import type { WebhookNotifierOptions } from "./notifier-options.js";
import { verifyWebhook } from "./verify-webhook.js";
import { type WebhookNotifier, webhookNotifier } from "./webhook-notifier.js";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly url: string;
}

const notifiers: WebhookNotifier[] = [];
afterEach(async () => {
  await Promise.all(notifiers.splice(0).map((notifier) => notifier.close({ timeoutMs: 1 })));
});

function open(url: string, options: Partial<WebhookNotifierOptions> = {}): WebhookNotifier {
  const notifier = webhookNotifier({ url, allowLoopback: true, ...options });
  notifiers.push(notifier);
  return notifier;
}

/** A receiver that keeps what came and answers as it is told, each request by its number. */
async function receive(answer: (index: number, response: ServerResponse) => unknown = ok) {
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), url: request.url ?? "" });
    answer(received.length - 1, response);
  };
  return { origin: await serve(listener), received };
}

const ok = (_: number, response: ServerResponse) => response.writeHead(204).end();
const status =
  (code: number, headers = {}) =>
  (_: number, response: ServerResponse) =>
    response.writeHead(code, headers).end("not for anybody's log");
const never = () => undefined;
const eventsOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body));
const soon = { timeoutMs: 60_000 };

describe("a notifier", () => {
  it("sends each event as it is, as JSON, in order, with an id of its own and a signature that verifies", async () => {
    const { origin, received } = await receive();
    const notifier = open(`${origin}/hooks?tenant=7`, { secret, headers: { authorization: "Bearer abc" } });
    const events = [started(), progress(1), completed(2), ended(3)];
    for (const event of events) notifier.notify(event);
    expect(notifier.counts).toEqual({ delivered: 0, failed: 0, dropped: 0, waiting: 4 });
    expect(await notifier.flush(soon)).toBe(true);
    expect(notifier.counts).toEqual({ delivered: 4, failed: 0, dropped: 0, waiting: 0 });
    expect(eventsOf(received)).toEqual(events);
    const ids = received.map(({ headers, body }) => verifyWebhook({ secret, headers, body, now: Date.now() }).id);
    expect(new Set(ids).size).toBe(4);
    const [first] = received;
    expect([
      first?.url,
      first?.headers["content-type"],
      first?.headers.authorization,
      first?.headers["user-agent"],
    ]).toEqual(["/hooks?tenant=7", "application/json", "Bearer abc", "genblaze"]);
  });

  it("sends an id and a time, but no signature, without a secret", async () => {
    const { origin, received } = await receive();
    const clock = createFakeClock();
    const notifier = open(origin, { clock, createId: () => "delivery-1" });
    notifier.notify(started());
    await until(() => notifier.counts.delivered === 1);
    const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = received[0]?.headers ?? {};
    expect([id, time, signature]).toEqual(["delivery-1", "1768478400", undefined]);
    expect(clock.pending).toBe(0);
  });

  it("sends the chosen types of events only", async () => {
    const { origin, received } = await receive();
    const notifier = open(origin, { events: ["step.completed", "pipeline.completed"] });
    for (const event of [started(), progress(1), completed(2), ended(3)]) notifier.notify(event);
    await notifier.flush(soon);
    expect(eventsOf(received).map(({ type }) => type)).toEqual(["step.completed", "pipeline.completed"]);
    expect(notifier.counts.dropped).toBe(0);
  });

  it("sends what Python sends when told so, and knows at the end how many steps there were", async () => {
    const { origin, received } = await receive();
    const notifier = open(origin, { format: "python", events: ["pipeline.completed", "step.progress"] });
    for (const event of [started(), progress(1), completed(2), ended(3)]) notifier.notify(event);
    await notifier.flush(soon);
    expect(eventsOf(received)).toEqual([
      {
        event: "pipeline.completed",
        run_id: "run-1",
        status: "completed",
        step_count: 2,
        canonical_hash: "ab".repeat(32),
        timestamp: "2026-01-15T12:00:00.250000+00:00",
      },
    ]);
  });
});

describe("an attempt that is not taken", () => {
  it("is made again after 5xx and 429 under the same id, signed for its own time, with full jitter or as long as asked", async () => {
    const answers = [status(500), status(503), status(429, { "retry-after": "7" }), ok];
    const { origin, received } = await receive((index, response) => answers[index]?.(index, response));
    const fake = createFakeClock();
    const { clock, delays } = recordDelays(fake);
    const retry = { firstDelayMs: 4_000, growth: 2 };
    const notifier = open(origin, { clock, secret, random: () => 0.5, retry, timeoutMs: 9_000 });
    notifier.notify(started());
    for (const [index, delayMs] of [2_000, 4_000, 7_000].entries()) {
      await until(() => delays.length === 2 * (index + 1));
      expect(delays.at(-1)).toBe(delayMs);
      await fake.advance(delayMs);
    }
    await until(() => notifier.counts.delivered === 1);
    expect(delays).toEqual([9_000, 2_000, 9_000, 4_000, 9_000, 7_000, 9_000]);
    const times = received.map(({ headers }) => Number(headers["webhook-timestamp"]) - 1_768_478_400);
    expect(times).toEqual([0, 2, 6, 13]);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const now = fake.now();
    for (const { headers, body } of received) verifyWebhook({ secret, headers, body, now, toleranceMs: 13_000 });
    expect(fake.pending).toBe(0);
  });

  it.each([400, 401, 404, 408, 409, 410, 301, 302, 307, 308])(
    "is final after %d, and nothing else is asked",
    async (code) => {
      const { origin, received } = await receive((_, response) =>
        response.writeHead(code, { location: "/other" }).end(),
      );
      const { logger, warnings } = recordWarnings();
      const notifier = open(`${origin}/secret-path`, { logger });
      notifier.notify(started());
      expect(await notifier.flush(soon)).toBe(true);
      expect([received.length, notifier.counts.failed, received[0]?.url]).toEqual([1, 1, "/secret-path"]);
      const facts = { host: new URL(origin).host, failed: 1, reason: `The receiver of the webhook answered ${code}.` };
      expect(warnings).toEqual([`A webhook could not be delivered. ${JSON.stringify(facts)}`]);
    },
  );

  it("is made again after a lost connection and a refused one", async () => {
    const { origin, received } = await receive((index, response) =>
      index === 0 ? response.destroy() : ok(index, response),
    );
    const retry = { firstDelayMs: 0 };
    const notifier = open(origin, { retry });
    notifier.notify(started());
    await notifier.flush(soon);
    expect([received.length, notifier.counts.delivered]).toEqual([2, 1]);

    const { logger, warnings } = recordWarnings();
    const gone = open(await closedPort(), { retry: { firstDelayMs: 0, maxAttempts: 3 }, logger });
    gone.notify(started());
    await gone.flush(soon);
    expect(gone.counts.failed).toBe(1);
    expect(warnings[0]).toContain('"reason":"ECONNREFUSED"');
  });

  it("ends at its time limit, whether the answer, its end or nothing comes, and is made again", async () => {
    const open3: RequestListener = (_, response) => void response.writeHead(200).write("there is more to come");
    const drips = await serve(open3);
    const content = open(drips);
    content.notify(started());
    expect(await content.flush(soon)).toBe(true);
    expect(content.counts.delivered).toBe(1);

    const { origin, received } = await receive((index, response) => (index < 2 ? never() : ok(index, response)));
    const fake = createFakeClock();
    const { clock, delays } = recordDelays(fake);
    const notifier = open(origin, { clock, timeoutMs: 5_000, retry: { firstDelayMs: 100, jitter: "none" } });
    notifier.notify(started());
    await until(() => received.length === 1);
    await fake.advance(5_000);
    await until(() => delays.length === 2);
    await fake.advance(100);
    await until(() => received.length === 2);
    await fake.advance(5_000);
    await until(() => delays.length === 4);
    await fake.advance(200);
    await until(() => notifier.counts.delivered === 1);
    expect(delays).toEqual([5_000, 100, 5_000, 200, 5_000]);
  });

  it("holds back the events of its run, and not those of others", async () => {
    const { origin, received } = await receive((index, response) =>
      index === 0 ? status(500)(index, response) : ok(index, response),
    );
    const fake = createFakeClock();
    const { clock, delays } = recordDelays(fake);
    const notifier = open(origin, { clock, retry: { firstDelayMs: 1_000, jitter: "none" }, timeoutMs: 9_000 });
    notifier.notify(started("a"));
    await until(() => delays.includes(1_000));
    notifier.notify(ended(1, "a"));
    notifier.notify(started("b"));
    notifier.notify(ended(1, "b"));
    await until(() => notifier.counts.delivered === 2);
    expect(await notifier.flush({ runId: "b", timeoutMs: 1 })).toBe(true);
    await fake.advance(1_000);
    await until(() => notifier.counts.delivered === 4);
    expect(eventsOf(received).map(({ runId, type }) => `${runId} ${type}`)).toEqual([
      "a pipeline.started",
      "b pipeline.started",
      "b pipeline.completed",
      "a pipeline.started",
      "a pipeline.completed",
    ]);
  });
});

describe("a notifier with more events than it may keep", () => {
  it("lets go of progress first, counts it, and logs the first and every hundredth", async () => {
    const held: ServerResponse[] = [];
    const { origin, received } = await receive((_, response) => held.push(response));
    const { logger, warnings } = recordWarnings();
    const notifier = open(origin, { maxWaiting: 3, logger });
    notifier.notify(started());
    await until(() => received.length === 1);
    for (let index = 1; index <= 200; index += 1) notifier.notify(progress(index));
    notifier.notify(completed(201));
    notifier.notify(ended(202));
    expect(notifier.counts).toEqual({ delivered: 0, failed: 0, dropped: 199, waiting: 4 });
    expect(warnings.map((warning) => JSON.parse(warning.slice(warning.indexOf("{"))).dropped)).toEqual([1, 100]);
    const done = notifier.flush(soon);
    while (notifier.counts.waiting > 0) {
      await until(() => held.length > 0 || notifier.counts.waiting === 0);
      held.shift()?.end();
    }
    expect(await done).toBe(true);
    expect(eventsOf(received).map(({ sequence }) => sequence)).toEqual([0, 200, 201, 202]);
  });

  it("sends the events of a hundred runs at once without a warning of Node's, and ends them all", async () => {
    const warned: string[] = [];
    const hear = (warning: Error) => warned.push(warning.name);
    process.on("warning", hear);
    const { origin, received } = await receive(never);
    const clock = createFakeClock();
    const notifier = open(origin, { concurrency: 100, clock });
    for (let index = 0; index < 100; index += 1) notifier.notify(started(`run-${index}`));
    await until(() => received.length === 100);
    const closing = notifier.close({ timeoutMs: 1 });
    await clock.advance(1);
    expect(await closing).toBe(false);
    process.off("warning", hear);
    expect([warned, notifier.counts.dropped, clock.pending]).toEqual([[], 100, 0]);
  });

  it("sends the events of at most so many runs at once", async () => {
    const held: ServerResponse[] = [];
    const { origin, received } = await receive((_, response) => held.push(response));
    const notifier = open(origin, { concurrency: 2 });
    for (const runId of ["a", "b", "c"]) notifier.notify(started(runId));
    await until(() => received.length === 2);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(received).toHaveLength(2);
    held[0]?.end();
    await until(() => received.length === 3);
  });
});

describe("a notifier that is closed", () => {
  it("sends what waits, then takes nothing more", async () => {
    const { origin, received } = await receive();
    const notifier = open(origin);
    for (const event of [started(), completed(1), ended(2)]) notifier.notify(event);
    const closing = notifier.close();
    notifier.notify(started("late"));
    expect(await closing).toBe(true);
    expect(await notifier.close()).toBe(true);
    expect(received).toHaveLength(3);
    expect(notifier.counts).toEqual({ delivered: 3, failed: 0, dropped: 1, waiting: 0 });
  });

  it("while it delivers to a receiver that hangs ends in time, with no socket and no timer left", async () => {
    let sockets = 0;
    const server = createServer(never);
    server.on("connection", (socket) => {
      sockets += 1;
      socket.on("close", () => {
        sockets -= 1;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const clock = createFakeClock();
    const notifier = open(`http://127.0.0.1:${portOf(server.address())}`, { clock });
    for (const event of [started("a"), ended(1, "a"), started("b")]) notifier.notify(event);
    await until(() => sockets === 2);
    const closing = notifier.close({ timeoutMs: 5_000 });
    await clock.advance(4_999);
    expect(notifier.counts.waiting).toBe(3);
    await clock.advance(1);
    expect(await closing).toBe(false);
    expect(notifier.counts).toEqual({ delivered: 0, failed: 0, dropped: 3, waiting: 0 });
    expect(clock.pending).toBe(0);
    await until(() => sockets === 0);
    await new Promise((resolve) => server.close(resolve));
  });

  it("while it waits for its next attempt ends that wait", async () => {
    const { origin } = await receive(status(500));
    const fake = createFakeClock();
    const { clock, delays } = recordDelays(fake);
    const notifier = open(origin, { clock, retry: { firstDelayMs: 60_000, longestDelayMs: 60_000, jitter: "none" } });
    notifier.notify(started());
    await until(() => delays.includes(60_000));
    const closing = notifier.close({ timeoutMs: 10 });
    await fake.advance(10);
    expect(await closing).toBe(false);
    expect([notifier.counts.dropped, fake.pending]).toEqual([1, 0]);
  });

  it("ends a fetch that heeds no signal", async () => {
    const clock = createFakeClock();
    const notifier = open("https://example.com/", { clock, fetch: () => new Promise(() => undefined) });
    notifier.notify(started());
    const closing = notifier.close({ timeoutMs: 10 });
    await clock.advance(10);
    expect(await closing).toBe(false);
    expect([notifier.counts.dropped, clock.pending]).toEqual([1, 0]);
  });
});

describe("a notifier with parts of the user's", () => {
  it("asks by the fetch that is given when one is given, without following redirects", async () => {
    const asked: [string, RequestInit | undefined][] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push([String(input), init]);
      return new Response("taken");
    };
    const notifier = open("https://example.com/hooks", { fetch, allowLoopback: false });
    notifier.notify(started());
    await notifier.flush(soon);
    expect(notifier.counts.delivered).toBe(1);
    expect(asked.map(([url, init]) => [url, init?.method, init?.redirect, init?.body])).toEqual([
      ["https://example.com/hooks", "POST", "manual", JSON.stringify(started())],
    ]);
  });

  it("fails for a name without an address, and says so to the logger", async () => {
    const { logger, warnings } = recordWarnings();
    const notifier = open("https://no-such-host.invalid/", { allowLoopback: false, logger, retry: "off" });
    notifier.notify(started());
    await notifier.flush(soon);
    expect(notifier.counts.failed).toBe(1);
    expect(warnings[0]).toContain("The name no-such-host.invalid has no address.");
  });

  it("is not disturbed by functions of the user that throw", async () => {
    const { origin } = await receive();
    const fail = () => {
      throw new Error("theirs");
    };
    const logger = { debug: fail, info: fail, warn: fail };
    const notifier = open(origin, { createId: fail, logger });
    notifier.notify(started());
    expect(notifier.counts).toEqual({ delivered: 0, failed: 1, dropped: 0, waiting: 0 });
  });
});

function portOf(address: string | AddressInfo | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** An origin at which nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
