import { describe, expect, it } from "vitest";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

type P = ReturnType<ReturnType<typeof disk>["process"]>["journal"];
async function entriesUntil(run: (journal: P) => Promise<unknown>, state: string) {
  const calm = disk();
  await run(calm.process().journal).catch(() => undefined);
  const index = calm.statesOf("r").indexOf(state);
  if (index < 0) throw new Error(`no ${state} in ${calm.statesOf("r").join(", ")}`);
  return index + 1;
}

describe("private words in the journal", () => {
  const secret = "the very secret harbour";
  for (const [what, guard] of [
    [
      "an output guard did not check",
      {
        name: "g",
        checkOutput: ({ prompt }: { prompt?: string | undefined }) => ({
          allowed: true as const,
          notChecked: `too long: ${prompt}`,
        }),
      },
    ],
    [
      "a prompt guard did not check",
      {
        name: "g",
        checkPrompt: ({ prompt }: { prompt?: string | undefined }) => ({
          allowed: true as const,
          notChecked: `too long: ${prompt}`,
        }),
      },
    ],
    [
      "a guard rejected, by its categories",
      {
        name: "g",
        checkOutput: ({ prompt }: { prompt?: string | undefined }) => ({
          allowed: false as const,
          reason: "no",
          categories: [`${prompt}`],
        }),
      },
    ],
  ] as const)
    it(`are none that ${what}`, async () => {
      const kept = disk();
      const result = await new Pipeline("p")
        .step(outlivingProvider([], "image"), {
          name: "a",
          model: "m",
          prompt: secret,
          promptVisibility: "private",
          guards: [guard as never],
        })
        .run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
      const leaks = [JSON.stringify(kept.entriesOf("r")), result.manifest.toCanonicalJson()].map((text) =>
        text.includes("secret"),
      );
      expect(leaks).toEqual([false, false]);
    });
});

describe("keys in the journal", () => {
  it("are none that a sink's error quotes", async () => {
    const kept = disk();
    const sink = {
      name: "s",
      write: () =>
        Promise.reject(
          new Error(
            "PUT https://s3.example/x?X-Amz-Signature=abcdef0123456789 with Authorization: Bearer sk-live-0123456789abcdef0123456789",
          ),
        ),
    };
    await new Pipeline("p")
      .step(outlivingProvider([], "image"), { name: "a", model: "m", prompt: "a" })
      .run({ journal: kept.process().journal, runId: "r", sink: sink as never, throwOnFailure: false });
    const written = JSON.stringify(kept.entriesOf("r").at(-1));
    expect(written).toContain("run.ended");
    expect(written).not.toMatch(/sk-live-0123|abcdef0123456789/);
  });
});

describe("a provider that honours keys and lists jobs late", () => {
  for (const where of ["in one process", "over a crash"] as const)
    it(`is asked again under the same key, ${where}`, async () => {
      const jobs: Job[] = [];
      const runtime = createRuntime({ retry: { firstDelayMs: 1, jitter: "none" } });
      let calls = 0;
      const base = outlivingProvider(jobs, "image", { kind: "keys" });
      const make = () =>
        new Pipeline("p", { runtime }).step(
          {
            ...base,
            async submit(prepared: Parameters<typeof base.submit>[0], context: Parameters<typeof base.submit>[1]) {
              calls += 1;
              const answer = await base.submit(prepared, context);
              if (calls === 1 && where === "in one process") throw new GenblazeError("SERVER_ERROR", "500");
              return answer;
            },
            // The vendor's list is some seconds behind.
            reconcile: async () => undefined,
          },
          { name: "a", model: "m", prompt: "a" },
        );
      const kept = disk();
      if (where === "over a crash") {
        const crashAfter = await entriesUntil((journal) => make().run({ journal, runId: "r" }), "intent a");
        jobs.length = 0;
        const first = kept.process({ crashAfter });
        await untilCrash(make().run({ journal: first.journal, runId: "r" }), first.crashed);
      }
      await make().run({ journal: kept.process().journal, runId: "r" });
      expect(jobs.map(({ key }) => key.split("/").length)).toEqual([2]);
    });
});

describe("an expired operation", () => {
  it("does not keep a run for ever from going on", async () => {
    const jobs: Job[] = [];
    let isGone = true;
    const base = outlivingProvider(jobs, "image");
    const make = () =>
      new Pipeline("p").step(
        {
          ...base,
          poll: async (o, c) => {
            if (isGone) throw new GenblazeError("UNKNOWN_STEP" as never, "404");
            return base.poll?.(o, c) as never;
          },
        },
        { name: "a", model: "m", prompt: "a" },
      );
    const kept = disk();
    await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    const again = await resume("r", {
      journal: kept.process().journal,
      pipeline: make(),
      onUnknownSubmit: "resubmit",
      throwOnFailure: false,
    }).result;
    expect(again.status).toBe("failed");
    isGone = false;
    const from = await resume("r", { journal: kept.process().journal, pipeline: make(), from: "a" }).result;
    expect(from.status).toBe("completed");
  });
});
