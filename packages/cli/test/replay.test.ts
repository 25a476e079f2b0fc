import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, fixture, json } from "./cli-calls.js";

const [pipelines, providers] = [fixture("pipelines"), fixture("providers")];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-replay-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

/** A file with its manifest that `genblaze run` wrote, and the id of its run. */
async function recorded(name: string, ...words: readonly string[]) {
  const { runId } = await json("run", `${pipelines}#${name}`, "--save", at(`${name}.out`), ...words);
  return { file: at(`${name}.out`), runId };
}

describe("genblaze replay", () => {
  it("shows what would be sent, from a media file or its manifest, and sends nothing", async () => {
    const { file, runId } = await recorded("note");
    const { code, stdout } = await call("replay", file, "--providers", providers);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      `replay of note (run ${runId}): 1 steps`,
      "  1. step-1: scripted/m -> text",
      '     prompt "a note"',
      "",
      "Nothing was sent. Add --run to run it.",
      "",
    ]);
    expect(await json("replay", `${file}.genblaze.json`, "-p", providers)).toEqual({
      code: 0,
      dryRun: true,
      replayOf: runId,
      steps: [{ name: "step-1", provider: "scripted", model: "m", modality: "text" }],
      changes: [],
      notReplayed: [],
    });
  });

  it("runs with --run, saves, stores, and links the new run to the old one", async () => {
    const { file, runId } = await recorded("pipeline");
    const done = await json("replay", file, "-p", providers, "--run", "--save", at("new.out"), "--store", at("store"));
    expect(done).toMatchObject({ code: 0, dryRun: false, replayOf: runId, status: "completed", saved: at("new.out") });
    const { run } = JSON.parse(await readFile(at("new.out.genblaze.json"), "utf8"));
    expect([run.run_id, run.parent_run_id]).toEqual([done.runId, runId]);
    expect(run.metadata).toEqual({ parent_run_ids: [runId] });
    expect((await call("verify", at("new.out"))).code).toBe(0);
    expect((await json("lineage", at("store"))).missingParents).toEqual([{ runId, children: [done.runId] }]);
    const { stdout } = await call("replay", file, "-p", providers, "--run");
    expect(stdout).toMatch(new RegExp(`\nrun [0-9a-f-]{36}: completed, replay of run ${runId}\n`));
  });

  it("swaps provider, model, prompt and parameters with --set, several times", async () => {
    const { file } = await recorded("pipeline");
    const set = ["frame.provider=other", "frame.model=n", "frame.prompt=a, b=c", "frame.params.size=8"];
    const words = [...set, "frame.params.mood=calm"].flatMap((word) => ["--set", word]);
    const { changes } = await json("replay", file, "-p", providers, ...words);
    expect(changes).toEqual([
      { step: "frame", field: "provider", from: "scripted", to: "other" },
      { step: "frame", field: "model", from: "m", to: "n" },
      { step: "frame", field: "prompt", to: "a, b=c" },
      { step: "frame", field: "params.size", to: 8 },
      { step: "frame", field: "params.mood", to: "calm" },
    ]);
    expect((await call("replay", file, "-p", providers, "--set", "frame")).stderr).toContain("STEP.FIELD=VALUE");
    expect((await call("replay", file, "-p", providers, "--set", "frme.model=n")).stderr).toContain('mean "frame"');
  });

  it("ends with 1 when the run fails, and tells why", async () => {
    const { file } = await recorded("pipeline");
    const failed = await call("replay", file, "-p", providers, "--set", "frame.provider=broken", "--run");
    expect([failed.code, failed.stdout.includes("refused by the script")]).toEqual([1, true]);
    const unsaved = await json("replay", file, "-p", providers, "--run", "--save", join(file, "below.out"));
    expect([unsaved.code, unsaved.status]).toEqual([1, "completed"]);
    expect(unsaved.error.code).toBe("FILE_WRITE_FAILED");
  });

  it("opens private steps with their opening, and keeps the new one where it is told", async () => {
    const { file } = await recorded("secret", "--opening", at("opening.json"));
    expect((await call("replay", file, "-p", providers)).stderr).toContain("OPENING_NEEDED");
    const opened = ["replay", file, "-p", providers, "--opening", at("opening.json")];
    const dry = await call(...opened);
    expect(dry.stdout).toContain("prompt [private]");
    expect(dry.stdout).not.toMatch(/secret harbour|hidden tone/);
    expect((await call(...opened, "--run")).stderr).toContain("--opening-output FILE");
    expect((await call(...opened, "--run", "--opening-output", at("opening.json"))).stderr).toContain(
      "never overwritten",
    );
    expect((await call(...opened, "--run", "--opening-output", at("new.json"), "-s", at("new.txt"))).code).toBe(0);
    expect((await json("reveal", at("new.txt"), "--opening", at("new.json"))).values.map(openedValue)).toEqual([
      "a secret harbour",
      "hidden tone",
    ]);
  });

  it("opens encrypted steps with their key, which encrypts the new ones", async () => {
    await writeFile(at("key"), "ab".repeat(32));
    const { file } = await recorded("sealed", "--encrypt", at("key"));
    expect((await call("replay", file, "-p", providers)).stderr).toContain("OPENING_NEEDED");
    expect(
      (await call("replay", file, "-p", providers, "--decrypt", at("key"), "--run", "-s", at("new.txt"))).code,
    ).toBe(0);
    expect((await json("reveal", at("new.txt"), "--decrypt", at("key"))).values.map(openedValue)).toEqual([
      "a sealed harbour",
    ]);
  });

  it("refuses a wrong call, a missing provider and a changed manifest", async () => {
    const { file } = await recorded("pipeline");
    const refused = async (...words: readonly string[]) => {
      const { code, stderr } = await call("replay", ...words);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused(file)).toContain("--providers MODULE");
    expect(await refused(file, "-p", providers, "--save", at("x"))).toContain("--save needs --run");
    expect(await refused(file, "-p", at("none.ts"))).toContain("FILE_NOT_FOUND");
    expect(await refused(file, "-p", fixture("no-providers"))).toContain("must export providers");
    await writeFile(at("wrong.mjs"), "throw new Error('no key');");
    expect(await refused(file, "-p", at("wrong.mjs"))).toContain("could not be loaded: no key");
    await writeFile(at("few.mjs"), "export const a = { name: 'a', yields: 'image', prepare() {}, submit() {} };");
    expect(await refused(file, "-p", at("few.mjs"))).toContain('needs provider "scripted" for image');
    const sidecar = `${file}.genblaze.json`;
    await writeFile(sidecar, (await readFile(sidecar, "utf8")).replace('"model":"m"', '"model":"x"'));
    expect(await refused(sidecar, "-p", providers)).toContain("MANIFEST_INVALID");
    expect((await call("replay", sidecar, "-p", providers, "--allow-changed")).stdout).toContain("scripted/x -> image");
  });

  it("fetches recorded inputs from the folder that it may read", async () => {
    await call("run", `${pipelines}#pipeline`, "--store", at("store"), "--save", at("first.out"));
    const { nodes } = await json("lineage", at("store"));
    const stored = JSON.parse(await readFile(join(at("store"), nodes[0].key), "utf8"));
    const [step] = stored.run.steps;
    const steps = [{ ...step, provider: null, step_type: "import" }];
    await writeFile(at("import.json"), JSON.stringify({ ...stored, run: { ...stored.run, steps } }));
    const words = ["replay", at("import.json"), "-p", providers, "--allow-changed", "--run"];
    const fetched = await json(...words, "--allow-folder", at("store"));
    expect([fetched.code, fetched.results[0].assets[0].sha256]).toEqual([0, step.assets[0].sha256]);
    const refused = await json(...words, "--allow-folder", at("elsewhere"));
    expect([refused.code, refused.status]).toEqual([1, "failed"]);
  });
});

function openedValue({ value }: { readonly value: unknown }): unknown {
  return value;
}
