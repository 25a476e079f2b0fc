import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, callWith, fixture } from "./cli-calls.js";

const media = fileURLToPath(new URL("../../media/test/golden/", import.meta.url));
const pipelines = fixture("pipelines");
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function copyOf(name: string): Promise<string> {
  const path = join(folder, name.split("/").at(-1) ?? name);
  await copyFile(join(media, name), path);
  return path;
}

describe("genblaze embed, extract, verify and strip", () => {
  it("carries a manifest into a file and back out, and leaves the input alone", async () => {
    const original = await copyOf("orig/png-rgb.png");
    const before = await readFile(original);
    const output = join(folder, "proof.png");
    const embedded = await call("embed", original, join(media, "manifests/plain.json"), "--output", output);
    expect(embedded).toEqual({ code: 0, stdout: `manifest: embedded in ${output}\n`, stderr: "" });
    expect(await readFile(original)).toEqual(before);

    const extracted = await call("extract", output);
    expect(extracted.stdout.trimEnd()).toBe(await readFile(join(media, "manifests/plain.json"), "utf8"));

    const stripped = join(folder, "stripped.png");
    expect((await call("strip", output, "-o", stripped)).stdout).toBe(`${stripped}: manifest taken out\n`);
    expect(await readFile(stripped)).toEqual(before);
  });

  it("answers the three questions apart, and ends with 1 when one differs", async () => {
    const foreign = await copyOf("emb/png-rgb.png");
    const { code, stdout } = await call("verify", foreign);
    expect(code).toBe(1);
    expect(stdout).toContain(`${foreign}: NOT verified`);
    expect(stdout).toMatch(/manifest hash {2}matches/);
    expect(stdout).toMatch(/these bytes {4}differs/);
    const asJson = JSON.parse((await call("verify", foreign, "--json")).stdout);
    expect([asJson.manifestHash.verdict, asJson.coverage.verdict, asJson.bytes.verdict]).toEqual([
      "matches",
      "matches",
      "differs",
    ]);
  });

  it("ends with 2 and a code for a file that is not there or carries nothing", async () => {
    const missing = await call("verify", join(folder, "nothing.png"));
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("genblaze: FILE_NOT_FOUND: ")]);
    const plain = await call("verify", await copyOf("orig/png-rgb.png"), "--json");
    expect([plain.code, JSON.parse(plain.stdout).error.code]).toEqual([2, "MANIFEST_NOT_FOUND"]);
    const noManifest = await call("embed", await copyOf("orig/png-rgba.png"), join(folder, "none.json"));
    expect([noManifest.code, noManifest.stderr]).toEqual([2, expect.stringContaining("FILE_NOT_FOUND")]);
    await writeFile(join(folder, "broken.json"), "{");
    const broken = await call("embed", await copyOf("orig/png-rgba.png"), join(folder, "broken.json"));
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("INVALID_JSON")]);
  });

  it("extracts into another file only, and reads no device as a manifest", async () => {
    const file = await copyOf("emb/png-rgb.png");
    const before = await readFile(file);
    expect((await call("extract", file, "--output", file)).code).toBe(2);
    expect(await readFile(file)).toEqual(before);
    const output = join(folder, "manifest.json");
    expect((await call("extract", file, "--output", output)).code).toBe(0);
    expect(await readFile(output, "utf8")).toBe(await readFile(join(media, "manifests/plain.json"), "utf8"));
    expect((await call("extract", file, "--output", join(folder, "none", "m.json"))).stderr).toContain(
      "FILE_WRITE_FAILED",
    );
    expect((await call("embed", file, "/dev/zero")).stderr).toContain("MANIFEST_INVALID");
    expect((await readdir(folder)).toSorted()).toEqual(["manifest.json", "png-rgb.png"]);
  });

  it("writes the manifest beside a file that cannot carry one, and says why", async () => {
    const file = join(folder, "notes.txt");
    await writeFile(file, "words");
    const { code, stdout } = await call("embed", file, join(media, "manifests/plain.json"));
    expect(code).toBe(0);
    expect(stdout).toContain(`${file}.genblaze.json (`);
  });
});

describe("genblaze run", () => {
  it("runs what a module exports, with plain lines, a timeline and a saved output", async () => {
    const save = join(folder, "made", "frame.bin");
    const { code, stdout, stderr } = await call("run", pipelines, "--save", save);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("small: 1 step\n  frame: started (scripted/m)\n");
    expect(stdout).toContain(": completed\n");
    expect(stdout).toContain(`saved ${save}`);
    expect((await readFile(save)).toString()).toBe("scripted image of scripted");
    expect((await readdir(join(folder, "made"))).toSorted()).toEqual(["frame.bin", "frame.bin.genblaze.json"]);
  });

  it("shows what the run gave even when it cannot be saved", async () => {
    await writeFile(join(folder, "file"), "x");
    const { code, stdout } = await call("run", pipelines, "--save", join(folder, "file", "below.bin"));
    expect(code).toBe(1);
    expect(stdout).toMatch(/run [0-9a-f-]{36}: completed/);
    expect(stdout).toContain("FILE_WRITE_FAILED: ");
  });

  it("stores a run and prints it as JSON, with progress on stderr", async () => {
    const store = join(folder, "store");
    const { code, stdout, stderr } = await call("run", "--module", `${pipelines}#pipeline`, "--store", store, "--json");
    const result = JSON.parse(stdout);
    expect([code, result.status, result.steps[0].state]).toEqual([0, "completed", "succeeded"]);
    expect(result.manifestUrl).toContain(`${result.runId}/manifest.json`);
    expect(stderr).toContain("frame: done");
  });

  it("ends with 1 when the run fails or is interrupted, and says why", async () => {
    const failed = await call("run", "--module", `${pipelines}#failing`);
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining("RUN_FAILED: ")]);
    const interrupted = await callWith(AbortSignal.abort(), "run", "--module", `${pipelines}#hanging`);
    expect([interrupted.code, interrupted.stdout]).toEqual([1, expect.stringContaining("CANCELLED: ")]);
  });

  it("ends with 2 for a module that is not there or exports no pipeline, and for input that is not JSON", async () => {
    const cases = [
      [["run", join(folder, "none.mjs")], "FILE_NOT_FOUND"],
      [["run", "--module", `${pipelines}#notOne`], "must export a Pipeline as `notOne`"],
      [["run", pipelines, "--module", pipelines], "takes one module"],
      [["run"], "takes one module"],
      [["run", pipelines, "--input", "{"], "--input must be JSON"],
      [["run", pipelines, "--input", "{}"], "INPUT_INVALID"],
    ] as const;
    for (const [words, message] of cases) {
      const { code, stderr, stdout } = await call(...words);
      expect(stderr + stdout, words.join(" ")).toContain(message);
      expect(code).toBe(2);
    }
  });
});

describe("genblaze", () => {
  it("explains itself", async () => {
    const help = await call("--help");
    expect(help.code).toBe(0);
    for (const name of ["verify", "extract", "embed", "strip", "run"]) expect(help.stdout).toContain(`  ${name}`);
    const verify = await call("verify", "--help");
    expect(verify.stdout).toContain("genblaze verify FILE [--key KEYS.json]");
    expect((await call()).code).toBe(2);
  });

  it("refuses unknown commands and options, and the wrong number of files", async () => {
    expect((await call("verfy", "x")).stderr).toContain('there is no command "verfy"');
    expect((await call("verify", "x", "--jsno")).stderr).toContain("--jsno");
    expect((await call("verify")).stderr).toContain("expected `genblaze verify FILE [--key KEYS.json]");
    expect((await call("strip", "a", "b")).code).toBe(2);
  });
});
