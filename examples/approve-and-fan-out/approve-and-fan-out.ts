// An anchor picture is tried until a judge likes it, somebody approves it, and three video models move it at once; one of
// them fails, and the others' clips are there all the same. Writes a report and a graph into out/.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { approve, fanOut, loop } from "@genblaze/core";
import { formatReport, graphOfRun, reportToHtml, toMermaid } from "@genblaze/core/report";
import { scriptedProvider } from "@genblaze/fakes";
import { local } from "@genblaze/local";
import { from, GenblazeError, Pipeline } from "genblaze";
import { z } from "zod";

const broken = scriptedProvider({
  name: "broken-video",
  yields: "video",
  accepts: ["image"],
  script: [{ kind: "failed", error: new GenblazeError("MODEL_ERROR", "the model is not loaded; choose another one.") }],
});

const anchor = new Pipeline("anchor", { input: z.object({ place: z.string(), seed: z.int() }) }) //
  .step(local.image, {
    name: "picture",
    model: "scene-painter",
    prompt: from("input", ({ place }) => `${place} at dawn`),
    params: { width: 640, height: 360, seed: from("input", ({ seed }) => seed) },
  });

const clip = { provider: local.video, model: "parallax" };
const pipeline = new Pipeline("anchored-clips")
  .step(
    // A judge may be a model; this one likes pictures with many bytes, since they have much in them.
    loop(anchor, {
      judge: function byDetail({ assets }) {
        const bytes = assets[0]?.asset.sizeBytes ?? 0;
        return { passed: bytes > 10_000_000, score: Number(bytes), feedback: `${bytes} bytes` };
      },
      next: ({ input }) => ({ ...input, seed: input.seed + 1 }),
      maxRounds: 3,
    }),
    { name: "anchor", input: { place: "a harbour", seed: 1 } },
  )
  .step(approve({ question: "Shall this one move?" }), { name: "approval", inputs: ["anchor"] })
  .step(
    fanOut(
      {
        near: { ...clip, params: { durationSeconds: 1, motion: "push-in" } },
        far: { ...clip, params: { durationSeconds: 1, motion: "pull-out" } },
        other: { provider: broken, model: "any" },
      },
      { join: { atLeast: 1 } },
    ),
    { name: "clips", inputs: { firstFrame: "approval" }, params: { width: 320, height: 180 } },
  );

const resting = await pipeline.run();
assert.equal(resting.status, "waiting");
assert.deepEqual(resting.waiting, ["approval"]);
console.log(
  `three rounds, ${JSON.stringify(resting.step("anchor").evidence)}; "${resting.waiting}" waits for an answer`,
);

const result = await resting.resume({ answers: { approval: { approved: true, by: "ada" } } }).result;
assert.equal(result.status, "completed");
assert.equal(result.step("clips").assets.length, 2);
assert.equal(result.step("clips.other").error?.code, "MODEL_ERROR");
assert.deepEqual(result.step("anchor[0].picture").assets, resting.step("anchor[0].picture").assets);
assert.deepEqual(result.run.steps[4]?.metadata.answer, { approved: true, by: "ada" });
assert.ok(result.manifest.verify());

const report = await result.report();
await mkdir("out", { recursive: true });
await writeFile("out/report.html", reportToHtml(report));
await writeFile("out/graph.mmd", toMermaid(graphOfRun(result.facts)));
await result.save("out/near.mp4", { step: "clips.near" });
console.log(`${formatReport(report)}\nout/near.mp4, out/report.html, out/graph.mmd`);
