import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, from, GenblazeError, map, Pipeline, type RunResult } from "../../src/index.js";
import { cancelRun, resume } from "../../src/journal/index.js";
import { scriptedProvider } from "../support.js";
import { messageOf, rejection } from "../thrown.js";
import { lastingJournal, vendor, vendorProvider } from "./durable-support.js";

/** The pipeline as each process makes it. */
function film(sold = vendor(), kind: "keys" | "lists" | "plain" = "plain") {
  const chat = vendorProvider(sold, "text", { kind });
  const image = vendorProvider(sold, "image", { kind });
  const video = vendorProvider(sold, "video", { kind, accepts: ["image"] });
  const shot = new Pipeline("shot", { input: z.string() })
    .step(image, { name: "frame", model: "m", prompt: from("input", (words) => `frame ${words}`) })
    .step(video, { name: "clip", model: "m", prompt: from("input", (words) => `clip ${words}`), inputs: ["frame"] });
  return new Pipeline("film", { input: z.object({ idea: z.string() }) })
    .step(chat, { name: "story", model: "m", prompt: from("input", ({ idea }) => `story of ${idea}`) })
    .step(map(shot), { name: "shots", input: from("story", (story) => [`${story.length}`, "two"]) })
    .step(image, { name: "poster", model: "m", prompt: from("story", (story) => `poster: ${story}`) });
}

const input = { idea: "a boat" };

function shownOf({ status, manifest, steps }: Pick<RunResult, "status" | "manifest" | "steps">) {
  return [status, manifest.canonicalHash, steps.at(-1)?.assets[0]?.sha256];
}

describe("run({ journal, runId })", () => {
  it("goes on after a crash at any entry, pays for each job once, and gives the same manifest", async () => {
    const calm = await film().run({ input, journal: lastingJournal().journal, runId: "r" });
    for (const kind of ["keys", "lists"] as const) {
      for (let entries = 1; ; entries += 1) {
        const sold = vendor();
        const { journal, dieAfter, revive } = lastingJournal();
        dieAfter(entries);
        const first = await film(sold, kind).run({ input, journal, runId: "r", throwOnFailure: false });
        revive();
        const second = await film(sold, kind).run({ input, journal, runId: "r" });
        expect(shownOf(second)).toEqual(shownOf(calm));
        expect(second.step("story").text).toBe(calm.step("story").text);
        expect(sold.jobs.map(({ request }) => request.prompt).toSorted()).toEqual(
          [...new Set(sold.jobs.map(({ request }) => request.prompt))].toSorted(),
        );
        if (first.error === undefined) break;
      }
    }
  });

  it("stops where nobody can tell whether a job was taken, and asks again only when it is told to", async () => {
    const stopped: string[] = [];
    // Nothing is left to chance, so that the journal ends behind each intent once.
    const runtime = createRuntime({ random: () => 0, poll: { intervalMs: 1 } });
    for (let entries = 1; ; entries += 1) {
      const sold = vendor();
      const { journal, dieAfter, revive } = lastingJournal();
      dieAfter(entries);
      const first = await film(sold).run({ input, journal, runId: "r", throwOnFailure: false, runtime });
      revive();
      const second = await film(sold).run({ input, journal, runId: "r", throwOnFailure: false, runtime });
      const prompts = sold.jobs.map(({ request }) => request.prompt);
      expect(new Set(prompts).size).toBe(prompts.length);
      if (second.status !== "completed") {
        const failed = [...second.steps, ...second.step("shots").parts.flatMap(({ steps }) => steps)].filter(
          ({ state, name }) => state === "failed" && name !== "shots",
        );
        expect(failed.map(({ error }) => error?.code)).toEqual(failed.map(() => "SUBMIT_UNKNOWN"));
        stopped.push(...failed.map(({ name }) => name));
        // What is stored is given again, and nothing is asked.
        const third = await film(sold).run({ input, journal, runId: "r", throwOnFailure: false, runtime });
        expect([third.status, third.error?.code, sold.jobs.length]).toEqual(["failed", "RUN_FAILED", prompts.length]);
        const told = resume("r", { journal, pipeline: film(sold), onUnknownSubmit: "resubmit", runtime });
        expect((await told.result).status).toBe("completed");
      }
      if (first.error === undefined) break;
    }
    expect(new Set(stopped)).toEqual(
      new Set(["story", "poster", "shots[0].frame", "shots[1].frame", "shots[0].clip", "shots[1].clip"]),
    );
  });

  it("gives the stored result of a run that has ended, also of another process, and asks for nothing", async () => {
    const sold = vendor();
    const { journal } = lastingJournal();
    const first = await film(sold).run({ input, journal, runId: "r" });
    const asked = sold.calls.length;
    const again = await film(sold).run({ input, journal, runId: "r" });
    expect(shownOf(again)).toEqual(shownOf(first));
    expect(again.run).toEqual(first.run);
    expect(await again.step("poster").bytes()).toEqual(await first.step("poster").bytes());
    expect(sold.calls.length).toBe(asked);
    const untold = await resume("r", { journal, pipeline: film(sold) }).result;
    expect(shownOf(untold)).toEqual(shownOf(first));
  });

  it("refuses another input, another pipeline, a run that is under way, and one that is not there", async () => {
    const { journal } = lastingJournal();
    await film().run({ input, journal, runId: "r" });
    const codes = [
      await rejection(film().run({ input: { idea: "a train" }, journal, runId: "r" })),
      await rejection(
        resume("r", { journal, pipeline: film().step(scriptedProvider({ yields: "image" }), { model: "m" }) }).result,
      ),
      await rejection(resume("unknown", { journal, pipeline: film() }).result),
    ];
    expect(codes.map(({ code }) => code)).toEqual(["RUN_CHANGED", "RUN_CHANGED", "RUN_NOT_FOUND"]);
    const claim = await journal.claim("r");
    expect((await rejection(film().run({ input, journal, runId: "r" }))).code).toBe("RUN_BUSY");
    await claim.release();
    expect(messageOf(() => resume("r", { journal, pipeline: film(), from: "poter" }))).toContain(
      'Did you mean "poster"?',
    );
  });

  it("goes on with a changed pipeline when it is told to: what succeeded stays, what is new is done", async () => {
    const sold = vendor();
    const { journal } = lastingJournal();
    const first = await film(sold).run({ input, journal, runId: "r" });
    const before = sold.jobs.length;
    const longer = film(sold).step(vendorProvider(sold, "audio"), { name: "music", model: "m", prompt: "piano" });
    const ended = await resume("r", { journal, pipeline: longer, onChange: "continue", from: "music" }).result;
    expect(ended.status).toBe("completed");
    expect(ended.step("story").text).toBe(first.step("story").text);
    expect(sold.jobs.slice(before).map(({ request }) => request.prompt)).toEqual(["piano"]);
  });
});

describe("resume(runId, { from })", () => {
  it("does a step and what follows from it anew, and keeps the others", async () => {
    const sold = vendor();
    const { journal } = lastingJournal();
    const first = await film(sold).run({ input, journal, runId: "r" });
    const before = sold.jobs.length;
    const again = await resume("r", { journal, pipeline: film(sold), from: "shots" }).result;
    expect(again.status).toBe("completed");
    expect(
      sold.jobs
        .slice(before)
        .map(({ request }) => request.prompt?.split(" ")[0])
        .toSorted(),
    ).toEqual(["clip", "clip", "frame", "frame"]);
    expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
    expect(new Set(sold.jobs.map(({ key }) => key)).size).toBe(sold.jobs.length);
  });
});

describe("cancelRun", () => {
  it("ends the jobs of an interrupted run at their provider, those inside nodes too, and records it", async () => {
    const cancelled: unknown[] = [];
    const jobs = scriptedProvider({ yields: "image", script: [{ kind: "pending", operation: "job-7" }] });
    jobs.cancel = async (operation) => {
      cancelled.push(operation);
    };
    const inner = new Pipeline("inner", { input: z.string() }) //
      .step(jobs, { name: "frame", model: "m", prompt: from("input", (words) => words) });
    const make = () => new Pipeline("p").step(map(inner), { name: "all", input: ["one"] });
    const { journal, dieAfter, revive, entries } = lastingJournal();
    dieAfter(6);
    // As a process dies: what it would have cancelled is not.
    const { cancel, ...mute } = scriptedProvider({
      yields: "image",
      script: [
        { kind: "pending", operation: "job-7", retryAfterMs: 0 },
        { kind: "failed", error: new GenblazeError("MODEL_ERROR", "out of order") },
      ],
    });
    const dying = new Pipeline("inner", { input: z.string() }) //
      .step(mute, { name: "frame", model: "m", prompt: from("input", (words) => words) });
    const first = await new Pipeline("p")
      .step(map(dying), { name: "all", input: ["one"] })
      .run({ journal, runId: "r", throwOnFailure: false });
    expect(first.error?.code).toBe("JOURNAL_FAILED");
    expect((await entries("r")).some(({ transition }) => transition.state === "submitted")).toBe(true);
    revive();
    const ended = await cancelRun("r", { journal, pipeline: make() });
    expect([ended.status, cancelled]).toEqual(["cancelled", ["job-7"]]);
    const again = await cancelRun("r", { journal, pipeline: make() });
    expect([again.status, cancelled]).toEqual(["cancelled", ["job-7"]]);
    expect((await entries("r")).at(-1)?.transition).toMatchObject({ state: "run.ended", status: "cancelled" });
  });
});

describe("private words", () => {
  const ownerKey = new TextEncoder().encode("a key of sixteen bytes and more");
  const secret = "a very secret harbour at night";

  function hidden(sold = vendor()) {
    const chat = vendorProvider(sold, "text", { kind: "keys" });
    const image = vendorProvider(sold, "image", { kind: "keys" });
    return new Pipeline("hidden", { input: z.string() })
      .step(chat, { name: "told", model: "m", prompt: from("input", (words) => words), promptVisibility: "private" })
      .step(image, {
        name: "made",
        model: "m",
        prompt: from("told", (told) => `${told}!`),
        promptVisibility: "private",
      });
  }

  it("are not in the journal; the input is given again, and the owner's key opens all of it", async () => {
    const calm = await hidden().run({
      input: secret,
      journal: lastingJournal().journal,
      runId: "r",
      privacy: { ownerKey },
    });
    for (let entries = 1; ; entries += 1) {
      const sold = vendor();
      const { journal, dieAfter, revive, entries: read } = lastingJournal();
      dieAfter(entries);
      const options = { journal, runId: "r", privacy: { ownerKey } };
      const first = await hidden(sold).run({ ...options, input: secret, throwOnFailure: false });
      revive();
      if (first.error === undefined) break;
      const missing = await rejection(resume("r", { journal, pipeline: hidden(sold), privacy: { ownerKey } }).result);
      expect(missing.code).toBe("OPENING_NEEDED");
      const second = await hidden(sold).run({ ...options, input: secret });
      expect(second.manifest.canonicalHash).toBe(calm.manifest.canonicalHash);
      expect(second.opening()).toEqual(calm.opening());
      expect(JSON.stringify(await read("r"))).not.toContain("secret");
    }
  });
});

describe("what was tried again", () => {
  it("is in the journal and in the manifest of a run that went on", async () => {
    const sold = vendor();
    const image = vendorProvider(sold, "image");
    let polls = 0;
    const poll: typeof image.poll = async (operation, context) => {
      polls += 1;
      if (polls === 1) throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      return image.poll?.(operation, context) ?? { status: "pending", operation };
    };
    const runtime = createRuntime({ retry: { firstDelayMs: 1 } });
    const { journal, entries } = lastingJournal();
    const result = await new Pipeline("p", { runtime })
      .step({ ...image, poll }, { name: "made", model: "m", prompt: "a boat" })
      .run({ journal, runId: "r" });
    const retried = (await entries("r")).filter(({ transition }) => transition.state === "retried");
    expect(retried.map(({ transition }) => transition)).toMatchObject([
      { step: "made", retry: { phase: "poll", attempt: 1, maxAttempts: 6, error: { code: "UNEXPECTED" } } },
    ]);
    expect(result.run.steps[0]?.providerPayload.retries).toMatchObject([{ phase: "poll", error_code: "UNEXPECTED" }]);
  });
});
