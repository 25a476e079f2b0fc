import { describe, expect, it } from "vitest";
import { createRuntime, loop, Pipeline } from "../../src/index.js";
import { typedNode } from "../../src/node/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { rejection } from "../thrown.js";
import { worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image" });
const shot = new Pipeline("shot").step(image, { name: "frame", model: "m", prompt: "a boat" });
const best = new Pipeline("p").step(loop(shot, { judge: () => false, maxRounds: 3, maxCostUsd: 1 }), { name: "best" });

describe("a loop with a budget", () => {
  it("warns when it ends since a price is unknown, and says what to do", async () => {
    const result = await best.run();
    expect(result.step("best").evidence).toMatchObject({ rounds: 1, stoppedBy: "unknown price" });
    const warning = {
      option: "maxCostUsd",
      message:
        "Nobody knows what round 1 cost, so no further one was begun. Give its models a price: createRuntime({ prices }), or leave maxCostUsd out.",
    };
    expect(result.step("best").warnings).toEqual([warning]);
    expect(result.run.steps[0]?.providerPayload.warnings).toEqual([warning]);
  });

  it("does not warn when every price is known, or its judge is content before", async () => {
    const runtime = createRuntime({ prices: { "image/*": perUnit(0.1) } });
    expect((await best.run({ runtime })).step("best").warnings).toEqual([]);
    const content = loop(shot, { judge: () => true, maxCostUsd: 1 });
    expect((await new Pipeline("p").step(content, { name: "best" }).run()).step("best").warnings).toEqual([]);
  });
});

describe("the warnings of a node", () => {
  const warning = (warnings: unknown) =>
    typedNode({
      kind: "warner",
      yields: "image",
      accepts: ["image"],
      bodies: {},
      options: {},
      // What a node in JavaScript may give.
      run: async ({ inputs }) => ({ assets: inputs, warnings: warnings as never }),
    });
  const withNode = (warnings: unknown) =>
    new Pipeline("p")
      .step(image, { name: "frame", model: "m", prompt: "a boat" })
      .step(warning(warnings), { name: "warned", inputs: ["frame"] });

  it("must be warnings", async () => {
    for (const given of ["oops", [{ option: "x" }], [null]]) {
      const error = await rejection(withNode(given).run());
      expect(error.result?.step("warned").error?.code).toBe("OUTPUT_INVALID");
    }
  });
});
