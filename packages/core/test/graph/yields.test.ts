import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { type Asset, from, loop, map, Pipeline, route } from "../../src/index.js";
import { fromWorkflow, toWorkflow } from "../../src/workflow/index.js";
import { codeOf, messageOf } from "../thrown.js";
import { worker } from "./graph-support.js";

const Verdict = z.object({ passed: z.boolean(), score: z.number() });

const image = worker({ name: "image", yields: "image" });
const video = worker({ name: "video", yields: "video", accepts: ["image"] });

/** Content from the second round on; the first one scores higher. */
const critic = () =>
  worker({
    name: "critic",
    yields: "text",
    accepts: ["image"],
    give: (_, call) => ({ json: { passed: call > 0, score: 1 - call } }),
  });

const judged = () =>
  new Pipeline("judged")
    .step(image, { name: "frame", model: "m", prompt: "a boat" })
    .step(critic(), { name: "verdict", type: "judge", model: "m", inputs: ["frame"], output: Verdict });

const judge = from<
  { readonly verdict: { readonly modality: "text"; readonly "~value"?: z.infer<typeof Verdict> } },
  "verdict",
  z.infer<typeof Verdict>
>("verdict", function asItIs(verdict) {
  return verdict;
});

describe("the step that a pipeline yields", () => {
  it("is the named one of a loop whose last step is the judge, and the judge is read all the same", async () => {
    const result = await new Pipeline("p")
      .step(loop(judged().yields("frame"), { judge: from("verdict", (verdict) => verdict) }), { name: "best" })
      .step(video, { name: "clip", model: "m", inputs: { firstFrame: "best" } })
      .run();
    expect(result.step("best").evidence).toEqual({ rounds: 2, best: 2, passed: true, stoppedBy: "judge" });
    expect(result.step("best").assets).toEqual(result.step("best[1].frame").assets);
    expectTypeOf(result.step("best").modality).toEqualTypeOf<"image">();
    expect(result.step("clip").assets).toHaveLength(1);
  });

  it("must be named where the judge of a loop is the last of several steps", () => {
    const unclear = () => loop(judged(), { judge: from("verdict", (verdict) => verdict) });
    expect(messageOf(unclear)).toBe(
      'loop(pipeline, options): the judge reads "verdict", the last step of pipeline "judged", so that the loop would yield it. Say what it yields: pipeline.yields("frame"), or pipeline.yields("verdict").',
    );
    expect(codeOf(unclear)).toBe("INVALID_OPTION");
    expect(() => loop(judged().yields("verdict"), { judge: from("verdict", ({ passed }) => passed) })).not.toThrow();
  });

  it("is that of a pipeline as a step, as the body of a map and as an arm", async () => {
    const framed = judged().yields("frame");
    const moved = new Pipeline("moved", { accepts: ["image"] })
      .step(video, { name: "clip", model: "m", inputs: ["input"] })
      .step(critic(), { name: "verdict", model: "m", inputs: ["input"], output: Verdict })
      .yields("clip");
    const result = await new Pipeline("p")
      .step(framed, { name: "one" })
      .step(map(moved), { name: "all", inputs: ["one"] })
      .step(
        route({ only: framed }, () => "only"),
        { name: "arm" },
      )
      .step(judged(), { name: "last" })
      .step(image, {
        name: "read",
        model: "m",
        prompt: from(["one", "last"], (one, last) => {
          expectTypeOf(one).toEqualTypeOf<readonly Asset[]>();
          expectTypeOf(last).toEqualTypeOf<z.infer<typeof Verdict>>();
          return `${one.length} ${last.score}`;
        }),
      })
      .run();
    expect(result.step("one").assets).toEqual(result.step("one.frame").assets);
    expect(result.step("all").assets).toEqual(result.step("all[0].clip").assets);
    expect(result.step("arm").assets).toEqual(result.step("arm.only.frame").assets);
    expect(result.step("read").attempts).toBe(1);
  });

  it("is the last one again behind which a step is added", () => {
    const longer = judged()
      .yields("frame")
      .step(video, { name: "clip", model: "m", inputs: ["frame"] });
    expect(longer.definition.yields).toBe(undefined);
    const plan = new Pipeline("p").step(longer, { name: "s" }).plan();
    expect(plan.steps[0]?.step.provider.yields).toBe("video");
  });

  it("is checked by its name: by the compiler, when it is said, and in data", () => {
    const body = judged();
    // @ts-expect-error a misspelt name
    expect(codeOf(() => body.yields("frmae"))).toBe("UNKNOWN_STEP");
    const data = { name: "d", steps: [{ provider: image, name: "frame", model: "m" }], yields: "frmae" };
    expect(messageOf(() => Pipeline.from(data))).toBe(
      'Pipeline "d" is said to yield "frmae", which is no step of it. Did you mean "frame"? It has: frame.',
    );
  });

  it("is kept by a workflow, and another one is another version", () => {
    const flow = (body = judged().yields("frame")) =>
      toWorkflow(new Pipeline("p").step(loop(body, { judge }), { name: "best" }));
    const workflow = flow();
    expect(workflow.steps[0]?.node?.bodies[0]?.pipeline?.yields).toBe("frame");
    const again = fromWorkflow(workflow, {
      providers: [image, critic()],
      functions: { asItIs: judge.compute },
      schemas: { "best/body/verdict": Verdict },
    });
    expect(toWorkflow(again).id).toBe(workflow.id);
    expect(again.definition.steps[0]?.provider.yields).toBe("image");
  });
});
