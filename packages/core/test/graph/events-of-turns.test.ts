import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { memoryCache } from "../../src/cache/index.js";
import {
  approve,
  createRuntime,
  from,
  GenblazeError,
  type Journal,
  loop,
  map,
  memoryJournal,
  Pipeline,
  type RunEvent,
  type RunHandle,
  type RunOptions,
  type RuntimeOptions,
  route,
} from "../../src/index.js";
import { eventsFromJournal, folderJournal } from "../../src/journal/index.js";
import { disk, untilCrash } from "../durable/crash-support.js";
import { collect } from "../run-support.js";
import { createFakeClock } from "../support.js";
import { finish, shortEvents, worker } from "./graph-support.js";

/** Steps of every kind: private, in a map, in a loop, chosen, refused once, behind a gate. */
function graph() {
  let refusals = 0;
  const chat = worker({ name: "chat", yields: "text" });
  const image = worker({ name: "image", yields: "image", takesMs: 3 });
  const video = worker({ name: "video", yields: "video", accepts: ["image"] });
  const busy: typeof chat = {
    ...chat,
    name: "busy",
    async submit(request, context) {
      refusals += 1;
      if (refusals === 1) throw new GenblazeError("RATE_LIMITED", "not now", { isRetryable: true });
      return chat.submit(request, context);
    },
  };
  const shot = new Pipeline("shot", { input: z.string() })
    .step(image, { name: "frame", model: "m", prompt: from("input", (words) => words) })
    .step(video, { name: "clip", model: "m", inputs: ["frame"] });
  const draft = new Pipeline("draft", { input: z.string() }) //
    .step(chat, { name: "text", model: "m", prompt: from("input", (words) => words) });
  const judged = loop(draft, { maxRounds: 2, judge: () => false, next: ({ input }) => `${input}+` });
  const still = new Pipeline("still").step(image, { name: "frame", model: "m", prompt: "still" });
  const moving = new Pipeline("moving").step(image, { name: "frame", model: "m", prompt: "moving" });
  return new Pipeline("p")
    .step(busy, { name: "story", model: "m", prompt: "story" })
    .step(chat, { name: "hidden", model: "m", prompt: "words that nobody sees", promptVisibility: "private" })
    .step(map(shot), { name: "shots", input: from("story", () => ["one", "two"]) })
    .step(judged, { name: "drafts", input: "start" })
    .step(
      route({ still, moving }, () => "moving"),
      { name: "look", after: ["hidden"] },
    )
    .step(approve(), { name: "gate", inputs: ["look"] })
    .step(video, { name: "film", model: "m", prompt: "film", inputs: ["gate"] });
}

const RUN_ID = "run-1";
const answers = { gate: { approved: true } };

function turns(journal: Journal, runtime: RuntimeOptions = {}) {
  const clock = createFakeClock();
  const turn = (options: RunOptions<undefined> = {}) => {
    const again = createRuntime({ ...runtime, clock, journal });
    return finishOnDisk(graph().start({ runId: RUN_ID, throwOnFailure: false, ...options, runtime: again }), clock);
  };
  return { clock, turn };
}

/** Lets time pass whenever nothing else happens: a journal on disk answers in real time. */
async function finishOnDisk<S>(handle: RunHandle<S>, clock: ReturnType<typeof createFakeClock>) {
  let isOver = false;
  const events = collect(handle.events).finally(() => {
    isOver = true;
  });
  while (!isOver) if (!(await clock.advanceToNext())) await new Promise((resolve) => setImmediate(resolve));
  return { result: await handle.result, events: await events };
}

const read = (journal: Journal, after?: number) =>
  collect(eventsFromJournal(journal, RUN_ID, { pipeline: graph(), after }));
const durable = (events: readonly RunEvent[]) => events.filter(({ isTransient }) => isTransient === undefined);

describe("events of a run with nodes, private steps and retries", () => {
  it("are the same live and out of the journal, over turns of several processes with a journal in a folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "genblaze-events-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const one = await turns(folderJournal(folder)).turn();
    const two = await turns(folderJournal(folder)).turn({ answers });
    expect([one.result.status, two.result.status]).toEqual(["waiting", "completed"]);
    const live = durable([...one.events, ...two.events]);
    const told = await read(folderJournal(folder));
    expect(told).toEqual(live);
    expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, place) => place));
    expect(new Set(shortEvents(told).map((words) => words.split(" ")[0]))).toEqual(
      new Set([
        "pipeline.started",
        "pipeline.resumed",
        "pipeline.completed",
        "step.queued",
        "step.started",
        "step.retried",
        "step.progress",
        "step.completed",
        "step.expanded",
        "step.decided",
        "step.waiting",
        "step.answered",
        "step.failed",
      ]),
    );
    expect(JSON.stringify(told)).not.toContain("nobody sees");
    for (const after of [-1, 0, 7, told.length - 1, told.length, 1e6]) {
      expect(await read(folderJournal(folder), after)).toEqual(told.slice(after + 1));
    }
  });

  it("are the same live and out of the journal for steps out of the cache", async () => {
    const cache = memoryCache();
    await turns(memoryJournal(), { cache }).turn({ answers });
    const journal = memoryJournal();
    const { events, result } = await turns(journal, { cache }).turn({ answers });
    expect(result.status).toBe("completed");
    expect(events.filter((event) => event.type === "step.completed" && event.cache === "hit").length).toBe(9);
    expect(await read(journal)).toEqual(durable(events));
  });

  it("keep their numbers wherever the process dies, and those of the next one follow", async () => {
    const whole = disk();
    await turns(whole.process().journal).turn({ answers });
    const total = whole.entriesOf(RUN_ID).length;
    expect(total).toBeGreaterThan(60);
    for (let crashAfter = 1; crashAfter < total; crashAfter += 3) {
      const kept = disk();
      const first = kept.process({ crashAfter });
      const clock = createFakeClock();
      const runtime = createRuntime({ clock, journal: first.journal });
      const seen: RunEvent[] = [];
      const handle = graph().start({ runId: RUN_ID, runtime, answers, onEvent: (event) => void seen.push(event) });
      await untilCrash(finish(handle, clock), first.crashed);
      const before = await read(kept.process().journal);
      expect(durable(seen)).toEqual(before);
      const { events } = await turns(kept.process().journal).turn({ answers });
      expect([...before, ...durable(events)]).toEqual(await read(kept.process().journal));
    }
  });
});

describe("events behind a gap in the journal", () => {
  /** A journal that cannot write one entry. */
  function failing(place: number) {
    const { journal } = disk().process();
    let isDown = true;
    const append: Journal["append"] = (entry) => {
      if (!isDown || entry.sequence !== place) return journal.append(entry);
      isDown = false;
      return Promise.reject(new Error("disk full"));
    };
    return { ...journal, append };
  }

  async function whole(): Promise<number> {
    const kept = disk();
    await turns(kept.process().journal).turn({ answers });
    return kept.entriesOf(RUN_ID).length;
  }

  it("are told once, in order, when this process fills the gap", async () => {
    for (let place = 1; place < (await whole()) - 1; place += 4) {
      const journal = failing(place);
      const { clock, turn } = turns(journal);
      const one = await turn({ answers });
      expect(one.result.error?.code).toBe("JOURNAL_FAILED");
      const two = await finish(one.result.resume({ answers }), clock);
      expect(two.result.status).toBe("completed");
      const told = await read(journal);
      expect(durable([...one.events, ...two.events])).toEqual(told);
      expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index));
    }
  });

  it("are told when another process goes on without what is missing", async () => {
    for (let place = 1; place < (await whole()) - 1; place += 4) {
      const journal = failing(place);
      const one = await turns(journal).turn({ answers });
      const before = await read(journal);
      expect(durable(one.events)).toEqual(before);
      const two = await turns(journal).turn({ answers });
      const told = await read(journal);
      const fresh = durable(two.events);
      expect(told.slice(0, before.length)).toEqual(before);
      expect(told.slice(told.length - fresh.length)).toEqual(fresh);
      expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index));
    }
  });
});
