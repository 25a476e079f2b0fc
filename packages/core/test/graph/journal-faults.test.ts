import { describe, expect, it } from "vitest";
import { z } from "zod";
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
  type Runtime,
} from "../../src/index.js";
import type { Modality } from "../../src/manifest/model.js";
import type { Provider, StepRequest } from "../../src/provider/provider.js";
import { createFakeClock } from "../support.js";
import { finish, plainOutput } from "./graph-support.js";

interface Vendor {
  readonly takesMs: number;
  readonly canCancel: boolean;
  /** How often each request is to be paid for: asked for, and not called back. */
  readonly bill: Map<string, number>;
}

/** A provider that writes a bill; a job that was called back is dead. */
function billed<const M extends Modality, const A extends Modality>(
  { takesMs, canCancel, bill }: Vendor,
  name: string,
  yields: M,
  accepts: readonly A[],
): Provider<M, A, unknown, StepRequest> {
  const jobs: StepRequest[] = [];
  const dead = new Set<number>();
  const pay = (request: StepRequest, change: number) => {
    const what = `${name}: ${request.prompt}`;
    bill.set(what, (bill.get(what) ?? 0) + change);
  };
  const jobOf = (operation: unknown): StepRequest => {
    const job = jobs[Number(operation)];
    if (job === undefined) throw new GenblazeError("INVALID_INPUT", `There is no job ${operation}.`);
    return job;
  };
  const cancel: Provider["cancel"] = async (operation) => {
    dead.add(Number(operation));
    pay(jobOf(operation), -1);
  };
  return {
    name,
    yields,
    accepts,
    models: {},
    prepare: (request) => ({ body: request }),
    async submit({ body }) {
      pay(body, 1);
      const operation = jobs.push(body) - 1;
      if (takesMs === 0) return { status: "done", output: plainOutput(yields, name, body) };
      return { status: "pending", operation, retryAfterMs: takesMs };
    },
    async poll(operation) {
      if (dead.has(Number(operation)))
        return { status: "failed", error: new GenblazeError("MODEL_ERROR", "cancelled") };
      return { status: "done", output: plainOutput(yields, name, jobOf(operation)) };
    },
    ...(canCancel ? { cancel } : {}),
  };
}

/** Steps of every kind: text, private, in a map, in a loop, behind a gate. */
function graph(vendor: Vendor, runtime: Runtime) {
  const chat = billed(vendor, "chat", "text", []);
  const secret = billed(vendor, "secret", "text", []);
  const image = billed({ ...vendor, takesMs: vendor.takesMs * 3 }, "image", "image", []);
  const video = billed(vendor, "video", "video", ["image"]);
  const shot = new Pipeline("shot", { input: z.string() })
    .step(image, { name: "frame", model: "m", prompt: from("input", (words) => words) })
    .step(video, { name: "clip", model: "m", prompt: from("input", (words) => words), inputs: ["frame"] });
  const draft = new Pipeline("draft", { input: z.string() }) //
    .step(chat, { name: "text", model: "m", prompt: from("input", (words) => words) });
  const judged = loop(draft, { maxRounds: 2, judge: () => false, next: ({ input }) => `${input}+` });
  return new Pipeline("p", { runtime })
    .step(chat, { name: "story", model: "m", prompt: "story" })
    .step(secret, { name: "hidden", model: "m", prompt: "words that nobody sees", promptVisibility: "private" })
    .step(map(shot), { name: "shots", input: from("story", () => ["one", "two"]) })
    .step(judged, { name: "drafts", input: "start" })
    .step(image, { name: "still", model: "m", prompt: "still", after: ["hidden"] })
    .step(approve(), { name: "gate", inputs: ["still"] })
    .step(video, { name: "film", model: "m", prompt: "film", inputs: ["gate"] });
}

/** A journal that cannot write one entry, counted from where it is told to. */
function failingJournal(isAsync: boolean) {
  const memory = memoryJournal();
  let left = Number.POSITIVE_INFINITY;
  const journal: Journal = {
    ...memory,
    append(entry) {
      left -= 1;
      if (left !== -1) return memory.append(entry);
      const error = new Error("disk full");
      if (isAsync) return Promise.reject(error);
      throw error;
    },
  };
  const failAfter = (entries: number | undefined) => {
    left = entries ?? Number.POSITIVE_INFINITY;
  };
  return { journal, failAfter };
}

const answers = { gate: { approved: true } };

/** Runs the graph with a journal that fails once in the first turn, and once in the second; says what is wrong then. */
async function faultsOf(vendor: Omit<Vendor, "bill">, first: number, second: number | undefined): Promise<string[]> {
  const clock = createFakeClock();
  const bill = new Map<string, number>();
  const { journal, failAfter } = failingJournal(first % 2 === 0);
  const pipeline = graph({ ...vendor, bill }, createRuntime({ clock, journal }));
  failAfter(first);
  let { result } = await finish(pipeline.start({ throwOnFailure: false, answers }), clock);
  failAfter(second);
  for (let turn = 0; turn < 3 && result.error !== undefined; turn += 1) {
    ({ result } = await finish(result.resume({ throwOnFailure: false, answers }), clock));
    failAfter(undefined);
  }
  const places: number[] = [];
  for await (const { sequence } of journal.read(result.runId)) places.push(sequence);
  return [
    ...(result.status === "completed" ? [] : [`${first}/${second}: ${result.error?.message}`]),
    ...[...bill]
      .filter(([, times]) => times !== 1)
      .map(([what, times]) => `${first}/${second}: ${what} ${times} times`),
    ...(places.every((sequence, place) => sequence === place) ? [] : [`${first}/${second}: the journal has a gap`]),
  ];
}

describe("a journal that fails anywhere in a graph, and again when it is resumed", () => {
  it.each([
    { takesMs: 0, canCancel: false },
    { takesMs: 100, canCancel: false },
    { takesMs: 100, canCancel: true },
  ])("costs nothing twice, loses nothing and has no gap in the end: %j", async (vendor) => {
    const faults: string[] = [];
    for (let first = 0; first < 75; first += 1) {
      for (const second of [undefined, first % 9]) faults.push(...(await faultsOf(vendor, first, second)));
    }
    expect(faults).toEqual([]);
  });
});
