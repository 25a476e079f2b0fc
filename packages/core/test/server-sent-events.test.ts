import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { lastEventId, toServerSentEvents } from "../src/events/index.js";
import { createRuntime, memoryJournal, Pipeline, type RunEvent } from "../src/index.js";
import { worker } from "./graph/graph-support.js";
import { serve } from "./loopback.js";
import { collect } from "./run-support.js";
import { createFakeClock } from "./support.js";
import { completed, progress, started } from "./webhook-support.js";

async function* of(...events: readonly RunEvent[]): AsyncGenerator<RunEvent, void> {
  yield* events;
}

async function connect(origin: string, lastId: number | undefined): Promise<IncomingMessage> {
  const headers = lastId === undefined ? {} : { "last-event-id": String(lastId) };
  const [response] = await once(get(origin, { headers }), "response");
  return response;
}

/** The events of a response, at most so many; then the client breaks off. */
async function take(response: IncomingMessage, count: number): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = block.split("\n").find((line) => line.startsWith("data: "));
      if (data !== undefined && events.length < count) events.push(JSON.parse(data.slice(6)));
    }
    if (events.length >= count) break;
  }
  return events;
}

describe("toServerSentEvents", () => {
  it("gives a client that breaks off and comes back every event with a number exactly once", async () => {
    const provider = worker({ name: "w", yields: "image" });
    const steps = Array.from({ length: 20 }, (_, index) => ({ provider, name: `s${index}`, model: "m" }));
    const run = Pipeline.from({ name: "p", steps }).start({ runtime: createRuntime({ journal: memoryJournal() }) });
    const origin = await serve((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const body = Readable.from(toServerSentEvents(run.stream({ after: lastEventId(request) })));
      pipe(body, response).catch(() => undefined);
    });
    const seen: RunEvent[] = [];
    const isOver = () => seen.at(-1)?.type === "pipeline.completed";
    while (!isOver()) seen.push(...(await take(await connect(origin, seen.at(-1)?.sequence), 7)));
    await run.result;
    expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, place) => place));
    expect(JSON.stringify(seen)).toBe(JSON.stringify(await collect(run.events)));
  });

  it("writes id, type and JSON, and no id for what is not told again", async () => {
    const transient: RunEvent = { ...progress(0), isTransient: true };
    const text = await new Response(toServerSentEvents(of(started(), transient))).text();
    expect(text).toBe(
      `id: 0\nevent: pipeline.started\ndata: ${JSON.stringify(started())}\n\nevent: step.progress\ndata: ${JSON.stringify(transient)}\n\n`,
    );
  });

  it("writes what the Python library reads, when that is asked for", async () => {
    const text = await new Response(toServerSentEvents(of(completed(4)), { format: "python" })).text();
    expect(text).toMatch(/^id: 4\nevent: step.completed\ndata: \{"type":"step.completed".*"elapsed_sec":1.236/);
  });

  it("sends a comment when nothing comes for a while, and ends the iteration when its reader leaves", async () => {
    const clock = createFakeClock();
    let hasLeft = false;
    const silent: AsyncIterableIterator<RunEvent, void> = {
      next: () => new Promise(() => undefined),
      async return() {
        hasLeft = true;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => silent,
    };
    const reader = toServerSentEvents(silent, { clock, heartbeatMs: 1_000 }).getReader();
    await clock.advance(1_000);
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(": \n\n");
    await reader.cancel();
    expect([hasLeft, clock.pending]).toEqual([true, 0]);
  });

  it("has no timer while nobody reads what is there, and none when its events fail", async () => {
    const clock = createFakeClock();
    const stream = toServerSentEvents(of(started(), completed(1)), { clock });
    await clock.advance(100_000);
    expect(clock.pending).toBe(0);
    expect((await new Response(stream).text()).match(/^event: .*$/gm)).toEqual([
      "event: pipeline.started",
      "event: step.completed",
    ]);
    const failing = (async function* (): AsyncGenerator<RunEvent, void> {
      yield started();
      throw new Error("the journal is gone");
    })();
    await expect(new Response(toServerSentEvents(failing, { clock })).text()).rejects.toThrow("the journal is gone");
    expect(clock.pending).toBe(0);
  });

  it("names an option that it does not have", () => {
    expect(() => toServerSentEvents(of(), { heartbeatMs: 0 })).toThrow('option "heartbeatMs"');
  });
});

describe("lastEventId", () => {
  it("reads the header of a Request and of Node's own, and nothing that no event has", () => {
    const request = new Request("http://localhost", { headers: { "last-event-id": "41" } });
    expect([lastEventId(request), lastEventId({ headers: { "last-event-id": "7" } })]).toEqual([41, 7]);
    for (const value of ["", "-1", "1.5", "x", "9".repeat(16)]) {
      expect(lastEventId({ headers: { "last-event-id": value } })).toBe(undefined);
    }
  });
});
