import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../fakes/src/fake-clock.js";
import { scriptedProvider } from "../../../fakes/src/scripted-provider.js";
import { lastingJournal } from "../../test/durable/durable-support.js";
import { serve } from "../../test/loopback.js";
import { rejection } from "../../test/thrown.js";
import { until } from "../../test/webhook-support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal } from "../journal/journal.js";
import { approve } from "../node/approve.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { RunEvent } from "../run/run-events.js";
import { notifyRun } from "./notify-run.js";
import { webhookNotifier } from "./webhook-notifier.js";

const writer = scriptedProvider({ name: "writer", yields: "text" });
const poster = new Pipeline("poster")
  .step(writer, { name: "idea", model: "m", prompt: "an idea" })
  .step(writer, { name: "text", model: "m", prompt: "a text", after: ["idea"] });

async function listen() {
  const events: RunEvent[] = [];
  const ids: string[] = [];
  const origin = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    events.push(JSON.parse(Buffer.concat(chunks).toString()));
    ids.push(String(request.headers["webhook-id"]));
    response.end();
  });
  return { notifier: webhookNotifier({ url: origin, allowLoopback: true }), events, ids };
}

/** A receiver that takes nothing. */
const nobody = () => serve((_, response) => response.writeHead(410).end());

describe("notifyRun", () => {
  it("sends every event of a run, the same and in the same order as its readers see them", async () => {
    const { notifier, events } = await listen();
    const run = poster.start();
    expect(await notifyRun(run, notifier)).toBe(true);
    const read: RunEvent[] = [];
    for await (const event of run.events) read.push(event);
    expect(events).toEqual(read);
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["pipeline.started", "pipeline.completed"]);
    await notifier.close();
  });

  it("sends the events from before it was called too", async () => {
    const { notifier, events } = await listen();
    const run = poster.start();
    await run.result;
    expect(await notifyRun(run, notifier)).toBe(true);
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["pipeline.started", "pipeline.completed"]);
    await notifier.close();
  });

  it("sends the end of a run that fails, and leaves the failure to the run's result", async () => {
    const { notifier, events } = await listen();
    const error = new GenblazeError("CONTENT_POLICY", "no");
    const refusing = scriptedProvider({ name: "refusing", yields: "text", script: () => ({ kind: "failed", error }) });
    const run = new Pipeline("refused").step(refusing, { name: "idea", model: "m", prompt: "an idea" }).start();
    expect(await notifyRun(run, notifier)).toBe(true);
    expect(events.at(-1)?.type).toBe("pipeline.failed");
    expect((await rejection(run.result)).code).toBe("RUN_FAILED");
    await notifier.close();
  });

  it("does not hold up the run, and gives up waiting for a receiver that hangs", async () => {
    let asked = 0;
    const origin = await serve(() => {
      asked += 1;
    });
    const clock = createFakeClock();
    const notifier = webhookNotifier({ url: origin, allowLoopback: true, clock });
    const run = poster.start();
    const notified = notifyRun(run, notifier, { flushMs: 100 });
    expect((await run.result).status).toBe("completed");
    await until(() => asked === 1 && clock.pending === 2);
    await clock.advance(100);
    expect(await notified).toBe(false);
    const closing = notifier.close({ timeoutMs: 1 });
    await clock.advance(1);
    expect(await closing).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it("sends what waited when a process died, once it goes on in the next, and all under the ids that they had", async () => {
    const { journal, entries } = lastingJournal();
    const writer = scriptedProvider({ name: "writer", yields: "text" });
    const gated = () =>
      new Pipeline("poster")
        .step(writer, { name: "idea", model: "m", prompt: "an idea" })
        .step(approve({ passes: "text" }), { name: "gate", inputs: ["idea"] });
    const listening = await listen();
    const first = gated().start({ journal, runId: "r" });
    // The receiver is away, and the process ends with everything still to be sent.
    const away = webhookNotifier({ url: await nobody(), allowLoopback: true, retry: "off" });
    await notifyRun(first, away);
    await away.close({ timeoutMs: 0 });
    expect((await entries("r")).length).toBeGreaterThan(0);
    const go = () => gated().start({ journal, runId: "r", answers: { gate: { approved: true } } });
    const second = go();
    expect(await notifyRun(second, listening.notifier)).toBe(true);
    const sent = [...listening.events];
    expect(sent.filter(({ isTransient }) => isTransient !== true).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1 + Math.max(...sent.map(({ sequence }) => sequence)) }, (_, index) => index),
    );
    expect([sent[0]?.type, sent.at(-1)?.type]).toEqual(["pipeline.started", "pipeline.completed"]);
    // Once more, of a run that has ended: the same deliveries.
    const ids = [...listening.ids];
    expect(await notifyRun(go(), listening.notifier)).toBe(true);
    expect(listening.ids.slice(ids.length)).toEqual(ids.filter((id) => id.startsWith("evt_")));
    const third = go();
    expect(await notifyRun(third, listening.notifier, { after: sent.at(-2)?.sequence })).toBe(true);
    expect(listening.ids.at(-1)).toBe(ids.at(-1));
    await listening.notifier.close();
  });

  it("says that not all was sent when the journal cannot be read, and disturbs nobody", async () => {
    const { notifier, events } = await listen();
    const { journal } = lastingJournal();
    await poster.run({ journal, runId: "r" });
    let reads = 0;
    const torn: Journal = {
      ...journal,
      read(runId) {
        reads += 1;
        if (reads === 1) return journal.read(runId);
        throw new Error("torn");
      },
    };
    const run = poster.start({ journal: torn, runId: "r" });
    expect(await notifyRun(run, notifier)).toBe(false);
    expect([(await run.result).status, events]).toEqual(["completed", []]);
    await notifier.close();
  });

  it("names an option that it does not know", async () => {
    const { notifier } = await listen();
    const wrong: object = { flush: 1 };
    const run = poster.start();
    for (const options of [wrong, { after: -2 }]) {
      expect((await rejection(notifyRun(run, notifier, options))).code).toBe("INVALID_OPTION");
    }
    await run.result;
  });
});
