import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  approve,
  createRuntime,
  from,
  type JsonValue,
  loop,
  map,
  memoryJournal,
  Pipeline,
  route,
  type WaitingStep,
} from "../../src/index.js";
import { createFakeClock } from "../support.js";
import { rejection } from "../thrown.js";
import { finish, statesOf, worker } from "./graph-support.js";

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });

const video = () => worker({ name: "video", yields: "video", accepts: ["image"] });

/** A run that rests at its gate. */
async function resting(options: { readonly timeoutMs?: number; readonly onTimeout?: "approve" | "reject" } = {}) {
  const clock = createFakeClock();
  const journal = memoryJournal();
  const runtime = createRuntime({ clock, journal });
  const [painter, mover] = [image(), video()];
  const handle = new Pipeline("p")
    .step(painter, { name: "one", model: "m", prompt: "1" })
    .step(painter, { name: "two", model: "m", prompt: "2" })
    .step(approve({ question: "Which?", ...options }), { name: "gate", inputs: ["one", "two"] })
    .step(mover, { name: "clip", model: "m", inputs: ["gate"] })
    .start({ runtime });
  const { result, events } = await finish(handle, clock);
  return { clock, journal, painter, mover, result, events };
}

describe("a run that waits", () => {
  it("has not failed: it says what it waits for, and in which words", async () => {
    const { result, events, mover } = await resting();
    expect([result.status, result.waiting, result.error, result.run.status]).toEqual([
      "waiting",
      ["gate"],
      undefined,
      "running",
    ]);
    expect(statesOf(result)).toEqual({ one: "succeeded", two: "succeeded", gate: "waiting", clip: "planned" });
    expect(result.run.steps[2]).toMatchObject({ status: "processing", metadata: { state: "waiting" } });
    const asked = events.find((event) => event.type === "step.waiting");
    const choices = result.run.steps.slice(0, 2).map(({ assets: [asset], metadata }) => ({
      step: metadata.name,
      assetId: asset?.assetId,
      mediaType: asset?.mediaType,
      sha256: asset?.sha256,
    }));
    expect(asked?.question).toEqual({ question: "Which?", choices });
    expect(mover.asked).toEqual([]);
    expect(events.at(-1)?.type).toBe("pipeline.completed");
  });

  it("goes on with the chosen inputs, pays nothing twice, and keeps the answer", async () => {
    const { result, clock, painter, mover } = await resting();
    const answer = { approved: true, choose: [1, 0], by: "kim", note: "nice" };
    const { result: good, events } = await finish(result.resume({ answers: { gate: answer } }), clock);
    expect(good.status).toBe("completed");
    expect([painter.asked.length, mover.asked.length]).toEqual([2, 1]);
    expect(mover.asked[0]?.inputs.map(({ step }) => step)).toEqual(["two", "one"]);
    expect(good.run.steps[2]?.metadata.answer).toEqual(answer);
    expect(events.filter((event) => event.type === "step.answered")).toMatchObject([{ step: "gate", answer }]);
    expect([result.status, result.waiting]).toEqual(["waiting", ["gate"]]);
  });

  it("waits on when it is resumed without an answer", async () => {
    const { result, clock, painter } = await resting();
    const { result: still } = await finish(result.resume(), clock);
    expect([still.status, still.waiting, painter.asked.length]).toEqual(["waiting", ["gate"], 2]);
  });

  it("fails with NOT_APPROVED when it is turned down, and can be asked again", async () => {
    const { result, clock, mover } = await resting();
    const no = { gate: { approved: false, by: "kim", note: "too dark" } };
    const error = await rejection(result.resume({ answers: no }).result);
    expect(error.result?.step("gate").error?.code).toBe("NOT_APPROVED");
    expect(error.result?.step("gate").error?.message).toBe('Step "gate": kim did not approve. too dark');
    expect(mover.asked).toEqual([]);
    const yes = { gate: { approved: true } };
    const { result: good } = await finish((error.result ?? result).resume({ answers: yes }), clock);
    expect(good.status).toBe("completed");
  });

  it.each([
    { name: "no approval", answer: { ok: true }, code: "INVALID_OPTION" },
    { name: "a place that is not there", answer: { approved: true, choose: [2] }, code: "INVALID_OPTION" },
    { name: "a word that it does not know", answer: { approved: true, why: "x" }, code: "INVALID_OPTION" },
  ])("fails for an answer that is $name, and takes another", async ({ answer, code }) => {
    const { result, clock } = await resting();
    const { result: bad } = await finish(result.resume({ answers: { gate: answer }, throwOnFailure: false }), clock);
    expect(bad.step("gate").error?.code).toBe(code);
    const { result: good } = await finish(bad.resume({ answers: { gate: { approved: true } } }), clock);
    expect(good.status).toBe("completed");
  });

  it("is too late after the time limit, resting included; an answer that is there counts", async () => {
    const { result, clock } = await resting({ timeoutMs: 1_000 });
    await clock.advance(1_000);
    const { result: late } = await finish(result.resume({ throwOnFailure: false }), clock);
    expect(late.step("gate").error?.code).toBe("TIMED_OUT");
    const { result: good } = await finish(late.resume({ answers: { gate: { approved: true } } }), clock);
    expect(good.status).toBe("completed");
  });

  it("is approved by itself after the time limit where that was asked for", async () => {
    const { result, clock } = await resting({ timeoutMs: 1_000, onTimeout: "approve" });
    await clock.advance(999);
    const { result: still } = await finish(result.resume(), clock);
    expect(still.status).toBe("waiting");
    await clock.advance(1);
    const { result: good } = await finish(still.resume(), clock);
    expect(good.status).toBe("completed");
  });
});

describe("answers", () => {
  const gated = (mover = video()) =>
    new Pipeline("p")
      .step(image(), { name: "one", model: "m" })
      .step(approve(), { name: "gate", inputs: ["one"] })
      .step(mover, { name: "clip", model: "m", inputs: ["gate"] });

  it("may be given before the run", async () => {
    const result = await gated().run({ answers: { gate: { approved: true } } });
    expect(result.status).toBe("completed");
  });

  it("may come from onWaiting, at once or later; none lets the run rest", async () => {
    const asked: WaitingStep[] = [];
    const onWaiting = async (waiting: WaitingStep) => {
      asked.push(waiting);
      return { approved: true };
    };
    const result = await gated().run({ onWaiting });
    expect(result.status).toBe("completed");
    expect(asked).toMatchObject([{ step: "gate", runId: result.runId, question: { question: "Approve?" } }]);
    const rests = await gated().run({ onWaiting: () => undefined });
    expect(rests.status).toBe("waiting");
  });

  it("fail the step when onWaiting throws, and when it waits longer than it may", async () => {
    const broken = await gated().run({
      throwOnFailure: false,
      onWaiting: () => {
        throw new Error("no network");
      },
    });
    expect(broken.step("gate").error?.message).toContain("no network");
    const clock = createFakeClock();
    const slow = new Pipeline("p")
      .step(image(), { name: "one", model: "m" })
      .step(approve({ timeoutMs: 500 }), { name: "gate", inputs: ["one"] })
      .start({
        runtime: createRuntime({ clock }),
        throwOnFailure: false,
        onWaiting: () => new Promise(() => undefined),
      });
    const { result } = await finish(slow, clock);
    expect([result.step("gate").error?.code, result.elapsedMs]).toEqual(["TIMED_OUT", 500]);
  });

  it("are not waited for any longer when the run is cancelled", async () => {
    const clock = createFakeClock();
    const signals: AbortSignal[] = [];
    const handle = gated().start({
      runtime: createRuntime({ clock }),
      throwOnFailure: false,
      onWaiting: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    await clock.advance(10);
    handle.cancel();
    const result = await handle.result;
    expect(result.status).toBe("cancelled");
    expect(statesOf(result)).toEqual({ one: "succeeded", gate: "cancelled", clip: "skipped" });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(clock.pending).toBe(0);
    const { result: good } = await finish(result.resume({ onWaiting: () => ({ approved: true }) }), clock);
    expect(good.status).toBe("completed");
  });
});

describe("a gate inside a node", () => {
  const checked = (painter: ReturnType<typeof image>) =>
    new Pipeline("checked", { input: z.string() })
      .step(painter, { name: "frame", model: "m", prompt: from("input", (input) => input) })
      .step(approve(), { name: "ok", inputs: ["frame"] });

  it("of a map lets the other items go on; each is answered by its full name", async () => {
    const [painter, mover] = [image(), video()];
    const first = await new Pipeline("p")
      .step(map(checked(painter)), { name: "shots", input: ["x", "y"] })
      .step(mover, { name: "clip", model: "m", inputs: ["shots"] })
      .run();
    expect([first.status, first.waiting]).toEqual(["waiting", ["shots[0].ok", "shots[1].ok"]]);
    expect(first.step("shots").state).toBe("waiting");
    const half = await first.resume({ answers: { "shots[1].ok": { approved: true } } }).result;
    expect([half.status, half.waiting]).toEqual(["waiting", ["shots[0].ok"]]);
    const good = await half.resume({ answers: { "shots[0].ok": { approved: true } } }).result;
    expect(good.status).toBe("completed");
    expect(painter.asked.map(({ prompt }) => prompt)).toEqual(["x", "y"]);
    expect(mover.asked[0]?.inputs.map(({ step }) => step)).toEqual(["shots[0].frame", "shots[1].frame"]);
  });

  it("of a loop is asked once a round", async () => {
    const painter = image();
    const judged: number[] = [];
    const first = await new Pipeline("p")
      .step(
        loop(checked(painter), {
          judge: ({ round }) => {
            judged.push(round);
            return round === 2;
          },
        }),
        { name: "best", input: "x" },
      )
      .run();
    expect(first.waiting).toEqual(["best[0].ok"]);
    const second = await first.resume({ answers: { "best[0].ok": { approved: true } } }).result;
    expect([second.waiting, judged]).toEqual([["best[1].ok"], [1]]);
    const good = await second.resume({ answers: { "best[1].ok": { approved: true } } }).result;
    expect([good.status, judged, painter.asked.length]).toEqual(["completed", [1, 2], 2]);
  });

  it("of a route's arm keeps the arm that was taken", async () => {
    const painter = image();
    let asked = 0;
    const first = await new Pipeline("p")
      .step(
        route({ a: checked(painter), b: { provider: painter, model: "m" } }, () => {
          asked += 1;
          return "a";
        }),
        { name: "pick", prompt: "x", input: "x" },
      )
      .run();
    expect([first.status, first.waiting]).toEqual(["waiting", ["pick.a.ok"]]);
    expect(statesOf(first)).toEqual({
      pick: "waiting",
      "pick.a.frame": "succeeded",
      "pick.a.ok": "waiting",
      "pick.b": "skipped",
    });
    const good = await first.resume({ answers: { "pick.a.ok": { approved: true } } }).result;
    expect([good.status, asked, painter.asked.length]).toEqual(["completed", 1, 1]);
  });

  it("ends with the node around it when that takes too long", async () => {
    const clock = createFakeClock();
    const handle = new Pipeline("p")
      .step(map(checked(image())), { name: "shots", input: ["x"], timeoutMs: 100 })
      .start({
        runtime: createRuntime({ clock }),
        throwOnFailure: false,
        onWaiting: () => new Promise(() => undefined),
      });
    const { result } = await finish(handle, clock);
    expect(result.step("shots").error?.code).toBe("TIMED_OUT");
    expect(statesOf(result)).toEqual({ shots: "failed", "shots[0].frame": "succeeded", "shots[0].ok": "cancelled" });
  });
});

describe("an answer that nobody can take", () => {
  const image = worker({ name: "image", yields: "image" });
  const inner = new Pipeline("inner", { input: z.string() })
    .step(image, { name: "pic", model: "m" })
    .step(approve(), { name: "gate", inputs: ["pic"] });
  const pipeline = new Pipeline("p")
    .step(image, { name: "frame", model: "m" })
    .step(approve(), { name: "ok", inputs: ["frame"] })
    .step(map(inner), { name: "shots", input: ["a"] });

  it("is refused before anything runs, with the steps that ask", async () => {
    const told = async (answers: Readonly<Record<string, JsonValue>>) => {
      const { code, message } = await rejection(pipeline.run({ answers }));
      return [code, message];
    };
    expect(await told({ frame: { approved: true } })).toEqual([
      "INVALID_OPTION",
      'Option "answers": "frame" asks nothing; these do: ok, shots[0].gate.',
    ]);
    expect(await told({ okk: { approved: true } })).toEqual([
      "UNKNOWN_STEP",
      'Option "answers" names "okk", which is no step of this pipeline. Did you mean "ok"? These ask: ok, shots[0].gate.',
    ]);
    const plain = new Pipeline("plain").step(image, { name: "frame", model: "m" });
    expect((await rejection(plain.run({ answers: { frame: true } }))).message).toBe(
      'Option "answers": "frame" asks nothing, and no other step does.',
    );
    expect(image.asked).toEqual([]);
  });

  it("fails its gate with what is wrong with it", async () => {
    const gated = new Pipeline("gated")
      .step(image, { name: "frame", model: "m" })
      .step(approve(), { name: "ok", inputs: ["frame"] });
    const told = async (ok: JsonValue) => (await rejection(gated.run({ answers: { ok } }))).message;
    expect(await told({ aproved: true })).toContain(
      'with choose, by and note; "aproved" is none of them. Did you mean "approved"?',
    );
    expect(await told({ approved: true, choose: [3] })).toContain("the approval chose 3, but there is 1 input: 0.");
  });
});
