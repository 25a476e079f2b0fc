import { describe, expect, it } from "vitest";
import { createRuntime, type Journal, memoryJournal, Pipeline } from "../../src/index.js";
import { createFakeClock, scriptedProvider } from "../support.js";

type Silent = "claim" | "read" | "append" | "release";

/** A journal that never answers one of its calls; append from an entry on. */
function silentJournal(silent: Silent, from = "run.planned") {
  const memory = memoryJournal();
  const never = () => new Promise<never>(() => undefined);
  const given: string[] = [];
  let answerLate: () => void = () => undefined;
  let isSilent = false;
  const journal: Journal = {
    ...memory,
    async claim(runId) {
      if (silent === "claim") await new Promise<void>((resolve) => (answerLate = resolve));
      const claim = await memory.claim(runId);
      const release = () => {
        given.push("back");
        return silent === "release" ? never() : claim.release();
      };
      return { ...claim, release };
    },
    append(entry) {
      isSilent ||= silent === "append" && entry.transition.state === from;
      return isSilent ? never() : (memory.append(entry) ?? Promise.resolve());
    },
    read: (runId) => (silent === "read" ? { [Symbol.asyncIterator]: () => ({ next: never }) } : memory.read(runId)),
  };
  return { journal, given, answerLate: () => answerLate() };
}

function begin(journal: Journal, options: { readonly timeoutMs?: number } = {}) {
  const clock = createFakeClock();
  const runtime = createRuntime({ clock });
  const handle = new Pipeline("film", { runtime })
    .step(scriptedProvider({ yields: "image" }), { name: "frame", model: "m", prompt: "a boat" })
    .start({ journal, runId: "r", throwOnFailure: false, ...options });
  return { clock, handle };
}

const codeOf = async (
  result: Promise<{ readonly error: { readonly code: string; readonly message: string } | undefined }>,
) =>
  result.then(
    ({ error }) => error,
    (error: { readonly code: string; readonly message: string }) => error,
  );

describe("a journal that never answers", () => {
  for (const [silent, from, what] of [
    ["claim", undefined, "the claim of run r"],
    ["read", undefined, "the reading of run r"],
    ["append", "run.planned", 'the entry "run.planned" of run r'],
    ["append", "intent", 'the entry "intent" of step "frame" of run r'],
    ["append", "output", 'the entry "output" of step "frame" of run r'],
  ] as const)
    for (const how of ["timeoutMs", "cancel"] as const)
      it(`does not keep a run from its end by ${how}: ${silent} ${from ?? ""}`, async () => {
        const { journal } = silentJournal(silent, from);
        const { clock, handle } = begin(journal, how === "timeoutMs" ? { timeoutMs: 1_000 } : {});
        const error = codeOf(handle.result);
        await clock.advance(100);
        if (how === "cancel") handle.cancel();
        await clock.advance(900);
        await clock.advance(5_000);
        const { code, message = "" } = (await error) ?? {};
        expect(code).toBe("JOURNAL_FAILED");
        expect(message).toContain(`did not answer within 5000 ms after the run was to end`);
        expect(message).toContain(what);
        expect(clock.pending).toBe(0);
      });

  it("does not keep a run from giving its result when it only does not take the claim back", async () => {
    const { journal } = silentJournal("release");
    const { clock, handle } = begin(journal, { timeoutMs: 1_000 });
    await clock.advance(1_000);
    await clock.advance(5_000);
    expect((await handle.result).status).toBe("completed");
  });

  it("gets a claim back that it gave too late", async () => {
    const { journal, given, answerLate } = silentJournal("claim");
    const { clock, handle } = begin(journal, { timeoutMs: 1_000 });
    const error = codeOf(handle.result);
    await clock.advance(1_000);
    await clock.advance(5_000);
    expect((await error)?.code).toBe("JOURNAL_FAILED");
    answerLate();
    await clock.advance(0);
    expect(given).toEqual(["back"]);
  });
});
