import { describe, expect, it } from "vitest";
import { z } from "zod";
import { onlyFor } from "../../src/guard/only-for.js";
import { wordList } from "../../src/guard/word-list.js";
import {
  approve,
  bytesAsset,
  createRuntime,
  fanOut,
  from,
  GenblazeError,
  loop,
  map,
  memoryJournal,
  Pipeline,
  urlAsset,
} from "../../src/index.js";
import type { Target } from "../../src/node/index.js";
import { createFakeClock, scriptedProvider } from "../support.js";
import { codeOf, messageOf } from "../thrown.js";
import { statesOf, worker } from "./graph-support.js";

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });
const shot = (provider = image()) =>
  new Pipeline("shot", { input: z.object({ picture: z.string().min(1) }) }).step(provider, {
    name: "frame",
    model: "m",
    prompt: from("input", ({ picture }) => picture),
  });

describe("what does not fit", () => {
  it("is a failed item of a map, and names the place", async () => {
    const mapped = new Pipeline("p").step(map(shot()), { name: "s", input: [{ picture: "a" }, { picture: "" }] });
    const failed = await mapped.run({ throwOnFailure: false });
    expect(failed.status).toBe("failed");
    expect(failed.step("s").error).toMatchObject({ code: "INPUT_INVALID" });
    expect(failed.step("s").error?.message).toContain('1 of 2 items succeeded, and 2 are needed. The input of "s[1]"');
  });

  it("is refused where options of arms, names and joins are given", () => {
    // What the compiler cannot see.
    const arms = { a: { provider: image(), model: "m", promt: "x" } as Target };
    expect(messageOf(() => fanOut(arms))).toContain('there is no option "promt"');
    const taken = new Pipeline("p")
      .step(map(shot()), { name: "s", input: [] })
      .step(image(), { name: "s[0].frame", model: "m" });
    expect(codeOf(() => taken.plan())).toBe("DUPLICATE_STEP");
    expect(codeOf(() => map(shot(), { join: { atLeast: 0 } }))).toBe("INVALID_OPTION");
    const judged = () => loop(shot(), { judge: Reflect.apply(from, undefined, ["frme", () => true]) });
    expect(messageOf(judged)).toContain('Did you mean "frame"?');
  });

  it("is refused before the run where assets are given", async () => {
    const taking = new Pipeline("p", { accepts: ["image"] }).step(image(), {
      name: "f",
      model: "m",
      inputs: ["input"],
    });
    const run = taking.run({ assets: [bytesAsset(new Uint8Array([1]), "audio/wav")] });
    await expect(run).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("is no verdict of a guard and no answer of a condition", async () => {
    for (const verdict of [undefined, false, {}, { allowed: 0 }, { allowed: false }]) {
      const guard = { name: "odd", checkPrompt: () => verdict as never };
      const result = await new Pipeline("p")
        .step(image(), { name: "f", model: "m", prompt: "x", guards: [guard] })
        .run({ throwOnFailure: false });
      expect(result.step("f").error?.message).toContain('guard "odd" must give { allowed: true }');
    }
    const odd = await new Pipeline("p", { input: z.string() })
      .step(image(), { name: "f", model: "m", when: from("input", () => undefined as unknown as boolean) })
      .run({ input: "x", throwOnFailure: false });
    expect(odd.step("f").error?.code).toBe("REFERENCE_FAILED");
  });
});

describe("what a node's step says of guards", () => {
  it("holds for all steps inside, which can be named together", async () => {
    const guarded = (guard = wordList(["gore"])) =>
      new Pipeline("p")
        .step(map(shot()), { name: "s", input: [{ picture: "gore" }], guards: [guard] })
        .run({ throwOnFailure: false });
    expect((await guarded()).step("s[0].frame").error?.code).toBe("GUARD_REJECTED");
    const named = onlyFor({ steps: ["s[*].frame"] }, wordList(["gore"]));
    expect((await guarded(named)).step("s[0].frame").error?.code).toBe("GUARD_REJECTED");
  });
});

describe("a gate with a time limit", () => {
  const gated = (options: Parameters<typeof approve<"image">>[0]) =>
    new Pipeline("p").step(image(), { name: "f", model: "m" }).step(approve(options), { name: "ok", inputs: ["f"] });

  it("takes no answer after it, and asks anew when it is tried again", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock });
    const waiting = await gated({ timeoutMs: 100 }).run({ runtime });
    await clock.advance(100);
    const answers = { ok: { approved: true } };
    const late = await waiting.resume({ answers, throwOnFailure: false }).result;
    expect(late.step("ok").error?.code).toBe("TIMED_OUT");
    expect((await late.resume({ answers }).result).status).toBe("completed");
  });

  it("says in the manifest that it opened by itself", async () => {
    const clock = createFakeClock();
    const waiting = await gated({ timeoutMs: 100, onTimeout: "approve" }).run({ runtime: createRuntime({ clock }) });
    await clock.advance(100);
    const { run } = await waiting.resume().result;
    expect(run.steps[1]?.metadata.decisions).toEqual({
      answer: {
        value: { approved: true },
        reason: "nobody answered within 100 ms, and the gate opens by itself then",
      },
    });
  });
});

describe("what stands in the records", () => {
  it("has no signature of a URL that an asset came from", async () => {
    const download = async () =>
      (async function* () {
        yield new Uint8Array([1]);
      })();
    const url = "https://files.example.com/a.png?X-Amz-Signature=secret";
    const { run, manifest } = await new Pipeline("p")
      .step(image(), { name: "f", model: "m", inputs: [urlAsset(url, { download })] })
      .run();
    expect(run.steps[0]?.inputs[0]?.url).toBe("https://files.example.com/a.png");
    expect(manifest.toCanonicalJson()).not.toContain("secret");
  });

  it("is unknown of an error whose code a newer package made", async () => {
    const newer = new GenblazeError("SERVER_ERROR", "x");
    Object.defineProperty(newer, "code", { value: "NEWER" });
    const provider = scriptedProvider({ yields: "image", script: [{ kind: "throws", error: newer }] });
    const { run } = await new Pipeline("p").step(provider, { name: "f", model: "m" }).run({ throwOnFailure: false });
    expect(run.steps[0]).toMatchObject({ status: "failed", errorCode: "unknown" });
  });

  it("has no private words of a step inside a loop that no round of passed", async () => {
    const secret = "the princess of unobtainium sings";
    const chat = worker({ name: "chat", yields: "text", give: () => ({ text: "a song" }) });
    const song = new Pipeline("song", { input: z.string() }).step(chat, {
      name: "text",
      model: "m",
      prompt: from("input", (words) => words),
      promptVisibility: "private",
    });
    const journal = memoryJournal();
    const judge = () => ({ passed: false, feedback: `bad: ${secret}` });
    const result = await new Pipeline("p")
      .step(loop(song, { judge, mustPass: true, maxRounds: 1 }), { name: "l", input: secret })
      .run({ throwOnFailure: false, runtime: createRuntime({ journal }) });
    const entries = [];
    for await (const entry of journal.read(result.runId)) entries.push(entry);
    expect(result.step("l").error?.code).toBe("OUTPUT_INVALID");
    for (const told of [entries, result.run, result.facts, String(result.error)]) {
      expect(JSON.stringify(told)).not.toContain("unobtainium");
    }
  });
});

describe("pipelines inside one another", () => {
  const nested = (depth: number) => {
    let pipeline = new Pipeline("p").step(worker({ name: "image", yields: "image" }), { name: "inside", model: "m" });
    for (let level = 0; level < depth; level += 1) pipeline = new Pipeline("p").step(pipeline, { name: "inside" });
    return pipeline;
  };

  it("run to a depth of 64, and are refused beyond it", async () => {
    const result = await nested(64).run();
    expect([result.status, Object.keys(statesOf(result)).length]).toEqual(["completed", 65]);
    expect(messageOf(() => nested(65))).toBe(
      'Step "inside" holds more than 64 nodes inside one another. Put some of them side by side.',
    );
  });
});
