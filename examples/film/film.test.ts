import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunEvent, verifyFile } from "genblaze";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filmPipeline } from "./pipeline.js";
import { type FilmResult, saveFilm } from "./save-film.js";
import { showTampering } from "./show-proof.js";

const small = filmPipeline({ width: 160, height: 90 });
const boat = { sentence: "a paper boat crosses a rainy street", seed: 7 };
const fox = { sentence: "a red fox watches the northern lights over a snowy forest", seed: 7 };
let folder = "";
let first: FilmResult;
let again: FilmResult;
let other: FilmResult;
const events: string[] = [];

function onEvent(event: RunEvent): void {
  if (event.type === "step.started" || event.type === "step.completed") events.push(`${event.type} ${event.step}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-film-"));
  const runs = [small.run({ input: boat, onEvent }), small.run({ input: boat }), small.run({ input: fox })] as const;
  [first, again, other] = await Promise.all(runs);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the film", () => {
  it("is the same to the last byte for the same sentence and seed, and another for another sentence", () => {
    const hashesOf = ({ run }: FilmResult) => run.steps.map((step) => step.assets.map((asset) => asset.sha256));
    expect(hashesOf(again)).toEqual(hashesOf(first));
    expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
    for (const [index, hashes] of hashesOf(other).entries()) {
      expect(hashes, other.run.steps[index]?.model).not.toEqual(hashesOf(first)[index]);
    }
  });

  it("runs independent steps at the same time and in the order of the data", () => {
    const at = (event: string) => events.indexOf(event);
    for (const step of ["frame-1", "frame-2", "frame-3", "narration", "music"]) {
      expect(at(`step.started ${step}`)).toBeLessThan(at("step.completed frame-1"));
    }
    expect(at("step.started film")).toBeGreaterThan(at("step.completed clip-3"));
    expect(first.manifest.verify()).toBe(true);
  });

  it("carries its proof in every file, has captions, and shows a changed byte", async () => {
    const saved = await saveFilm(first, join(folder, "film"));
    expect(saved.files).toHaveLength(9);
    for (const file of saved.files) expect((await verifyFile(file)).ok, file).toBe(true);
    const film = first.run.steps.find((step) => step.metadata.name === "film")?.assets[0];
    expect(film?.duration).toBeGreaterThanOrEqual(12);
    expect(film?.video).toMatchObject({ codec: "h264", frameRate: 24, hasAudio: true });
    expect((await stat(saved.film)).size).toBeGreaterThan(100_000);
    expect(await readFile(join(folder, "film", "film.vtt"), "utf8")).toMatch(/^WEBVTT\n\n.*-->/s);
    expect(await showTampering(saved.film)).toBe(true);
  });

  it("stops at once when it is cancelled, and keeps what was finished", async () => {
    const run = small.start({ input: boat, throwOnFailure: false });
    run.on("step.completed", (event) => {
      if (event.step === "frame-1") run.cancel();
    });
    const result = await run.result;
    expect(result.status).toBe("cancelled");
    expect(result.step("frame-1").state).toBe("succeeded");
    expect(result.steps.find(({ name }) => name === "film")?.state).toBe("skipped");
  });
});
