import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Pipeline as CorePipeline } from "@genblaze/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptedProvider } from "../../fakes/src/index.js";
import { createRuntime, Pipeline, verifyFile } from "./index.js";

const png = fileURLToPath(new URL("../../media/test/golden/orig/png-rgb.png", import.meta.url));
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-umbrella-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function image() {
  const bytes = new Uint8Array(await readFile(png));
  return scriptedProvider({
    yields: "image",
    script: [{ kind: "done", output: { assets: [{ mediaType: "image/png", bytes }] } }],
  });
}

describe("genblaze, the umbrella", () => {
  it("saves with the manifest embedded, from the builder, from plain data and under an own runtime", async () => {
    const provider = await image();
    const built = new Pipeline("p").step(provider, { model: "m" });
    const fromData = Pipeline.from({ name: "p", steps: [{ provider, model: "m" }] });
    const results = [
      await built.run(),
      await fromData.run(),
      await built.run({ runtime: createRuntime({ random: () => 0 }) }),
    ];
    for (const [index, result] of results.entries()) {
      const saved = await result.save(join(folder, `${index}.png`));
      expect(saved).toEqual({ path: join(folder, `${index}.png`), method: "embedded" });
      expect((await verifyFile(saved.path)).ok).toBe(true);
    }
    expect((await readdir(folder)).toSorted()).toEqual(["0.png", "1.png", "2.png"]);
    expect(built).toBeInstanceOf(CorePipeline);
  });

  it("says why a manifest became a sidecar: core alone has no media handlers, and text carries none", async () => {
    const alone = await new CorePipeline("p").step(await image(), { model: "m" }).run();
    const saved = await alone.save(join(folder, "alone.png"));
    expect(saved.method).toBe("sidecar");
    expect(saved.reason).toContain("No media handlers are at hand");
    expect((await verifyFile(saved.path)).foundIn).toBe("sidecar");

    const words = await new Pipeline("p").step(scriptedProvider({ yields: "text" }), { model: "m" }).run();
    const text = await words.save(join(folder, "words.txt"));
    expect([text.method, text.sidecarPath]).toEqual(["sidecar", join(folder, "words.txt.genblaze.json")]);
    expect(text.reason).toMatch(/.{20}/);
  });

  it("makes the folder it saves into, and leaves nothing half-written where it cannot", async () => {
    const result = await new Pipeline("p").step(await image(), { name: "a", model: "m" }).run();
    const path = join(folder, "deep", "er", "x.png");
    expect((await result.save(path)).path).toBe(path);
    await expect(result.save(join(path, "below-a-file.png"))).rejects.toMatchObject({ code: "FILE_WRITE_FAILED" });
    await expect(result.save(join(folder, "y.png"), { step: "b" as never })).rejects.toMatchObject({
      code: "UNKNOWN_STEP",
    });
    await expect(result.save(join(folder, "y.png"), { asset: 3 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(await readdir(folder)).toEqual(["deep"]);
  });
});
