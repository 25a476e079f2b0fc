import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runCli } from "../src/run-cli.js";
import { startedAs } from "../src/started-as.js";
import { call, fixture, json, person, wordsOf } from "./cli-calls.js";
import { painted } from "./fixtures/pipelines.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-cli-"));
  // What is left to be looked at goes with the rest.
  vi.stubEnv("TMPDIR", folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const gated = `${fixture("pipelines")}#gated`;

it("shows a plan with what is inside its nodes, as text and as a flowchart", async () => {
  const text = await call("plan", "--module", gated);
  expect(text.code).toBe(0);
  expect(text.stdout).toContain("2. chosen: genblaze/approve -> image takes frame");
  const chart = await call("plan", "--module", gated, "--mermaid");
  expect(chart.stdout).toMatch(/^---[\s\S]*flowchart LR|^flowchart LR/);
  expect((await call("plan")).code).toBe(2);
});

it("ends with 1 when a step waits for an answer, names it, and takes the answer from --answers", async () => {
  const waiting = await json("run", "--module", gated);
  expect(waiting).toMatchObject({ code: 1, status: "waiting", waiting: ["chosen"] });
  const answered = await json("run", "--module", gated, "--answers", '{"chosen": {"approved": true}}');
  expect(answered).toMatchObject({ code: 0, status: "completed" });
  expect((await call("run", "--module", gated, "--answers", "{")).stderr).toContain("--answers must be JSON");
  expect((await call("run", "--module", gated, "--answers", "[]")).stderr).toContain("--answers must be an object");
});

it("says with which call a waiting run is answered, and that call pays for nothing again", async () => {
  const cache = join(folder, "it's a cache");
  const store = join(folder, "store");
  const first = await call("run", gated, "--store", store, "--cache", cache);
  const quotedCache = `'${cache.replace("'", "'\\''")}'`;
  const next = `genblaze run ${gated} --store ${store} --cache ${quotedCache} --answers '{"chosen":{"approved":true}}'`;
  expect(first.code).toBe(1);
  const [, shown = ""] = /\n {2}0 {2}image\/x-scripted of "frame" {2}(.*)\n/.exec(first.stdout) ?? [];
  expect(first.stdout).toContain(
    [
      '"chosen" waits for an answer: Approve?',
      `  0  image/x-scripted of "frame"  ${shown}`,
      "Answer with this call (what was made comes from the cache and is not paid for again):",
      `  ${next}`,
      "",
    ].join("\n"),
  );
  const looked = await json("run", gated, "--store", store, "--cache", cache);
  expect(looked.next).toBe(next.replace(" --answers", " --json --answers"));
  expect(looked.choices).toEqual({ chosen: [{ text: 'image/x-scripted of "frame"', path: expect.any(String) }] });
  // Both show the same picture, though no person was at the terminal.
  const [before, after] = await Promise.all([shown, looked.choices.chosen[0].path].map((path) => readFile(path)));
  expect(before?.byteLength).toBeGreaterThan(0);
  expect(after).toEqual(before);
  const paid = painted.calls.length;
  const answers = ["--answers", '{"chosen":{"approved":true}}'];
  const answered = await json("run", gated, "--store", store, "--cache", cache, ...answers);
  expect(answered).toMatchObject({ code: 0, status: "completed" });
  expect(painted.calls.length).toBe(paid);
});

it("advises a cache where nothing of a waiting run is kept", async () => {
  const { stdout } = await call("run", gated);
  expect(stdout).toContain("the next call makes its outputs anew and pays for them");
  expect(stdout).toContain(`  genblaze run ${gated} --cache .genblaze-cache\n`);
  const stored = await call("run", gated, "--store", join(folder, "kept"));
  expect(stored.stdout).toContain("No cache, so the next call makes its outputs anew");
});

it("names the next call as this one was started", async () => {
  const started = { execPath: "/usr/bin/node", execArgv: ["--import", "tsx"], argv: ["", "/my tools/main.js", "run"] };
  expect(startedAs(started)).toEqual(["/usr/bin/node", "--import", "tsx", "/my tools/main.js"]);
  expect(startedAs({ ...started, argv: ["", "/p/node_modules/.bin/genblaze"] })).toEqual(["genblaze"]);
  const out: string[] = [];
  const screen = { write: (text: string) => out.push(text) };
  await runCli(["run", gated, "--cache", join(folder, "c")], {
    stdout: screen,
    stderr: screen,
    command: startedAs(started),
  });
  expect(out.join("")).toContain(`  /usr/bin/node --import tsx '/my tools/main.js' run ${gated} --cache `);
});

it("says that private steps are made anew, and names a free place for what opens them", async () => {
  const hidden = `${fixture("pipelines")}#hidden`;
  const [cache, opening] = [join(folder, "hidden"), join(folder, "o.json")];
  const { stdout } = await call("run", hidden, "--cache", cache, "--opening", opening);
  expect(stdout).toContain("(private steps are made anew and paid for again, as no cache keeps them;");
  expect(stdout).toContain(` --opening ${join(folder, "o.2.json")} --answers `);
  const [, words = ""] = /\n {2}genblaze (.*)\n/.exec(stdout) ?? [];
  expect((await call(...wordsOf(words))).code).toBe(0);
});

it("saves nothing of a run that waits, and says so", async () => {
  const path = join(folder, "resting.mp4");
  expect((await call("run", gated, "--save", path)).stdout).toContain("\nnot saved: the run waits\n");
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

it("says what an output is that was saved under the name of another format", async () => {
  const path = join(folder, "film.mp4");
  const { code, stdout } = await call("run", `${fixture("pipelines")}#picture`, "--save", path);
  expect(code).toBe(0);
  expect(stdout).toContain(
    `saved ${path}\nits manifest is in ${path}.genblaze.json: The output is image/png, but "film.mp4" has the name of video/mp4, so that its manifest is beside it. Save it with the extension .png.\n`,
  );
});

it("asks the person at the terminal, with files to look at, until the answer is one", async () => {
  const paid = painted.calls.length;
  const { terminal, shown } = person("perhaps", "3", "0");
  expect(await runCli(["run", gated], terminal)).toBe(0);
  expect(painted.calls.length).toBe(paid + 1);
  expect(shown()).toContain('\n"chosen" waits: Approve?\n  0  image/x-scripted of "frame"  ');
  expect(shown()).toContain("Type yes, no, numbers like 0 2, or JSON.\n");
  expect(shown()).toContain("There is no choice 3; they are numbered 0 to 0.\n");
  expect(shown()).toContain(": completed\n");
  const path = /of "frame" {2}(.*)\n/.exec(shown())?.[1] ?? "";
  expect(path).toMatch(/chosen_0/);
  // It was there to be looked at only.
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

it("takes no line that was typed before its question was shown", async () => {
  const early = person("yes\nyes", undefined);
  expect(await runCli(["run", `${fixture("pipelines")}#twice`], early.terminal)).toBe(1);
  expect(early.shown()).toContain('"second" waits: Approve?');
  expect(early.shown()).toContain(": waiting\n");
  const before = person(undefined);
  before.terminal.stdin.write("yes\n");
  expect(await runCli(["run", gated], before.terminal)).toBe(1);
  expect(before.shown()).toContain(": waiting\n");
});

it("fails a gate that the person refuses, and lets the run rest without an answer", async () => {
  const refused = person("no");
  expect(await runCli(["run", gated], refused.terminal)).toBe(1);
  expect(refused.shown()).toContain("did not approve");
  const away = person(undefined);
  expect(await runCli(["run", gated], away.terminal)).toBe(1);
  expect(away.shown()).toContain(": waiting\n");
});

it("asks several gates one after the other, and other nodes for JSON", async () => {
  const { terminal, shown } = person("yes", '{"colour":"red"}', "no JSON", "7");
  expect(await runCli(["run", `${fixture("pipelines")}#asking`], terminal)).toBe(0);
  expect(shown()).toContain('"second" waits: Which colour? {"palette":["red","blue"]}\n');
  expect(shown()).toContain("That is not JSON.\n");
});

it("writes where time and money went in the form that the file's extension says", async () => {
  const answers = ["--answers", '{"chosen": {"approved": true}}'];
  for (const [name, start] of [
    ["report.html", "<!doctype html>"],
    ["report.svg", "<svg"],
    ["report.json", "{"],
    ["report.txt", "gated"],
  ] as const) {
    const path = join(folder, "reports", name);
    expect((await call("run", "--module", gated, ...answers, "--report", path)).code).toBe(0);
    expect((await readFile(path, "utf8")).toLowerCase().startsWith(start)).toBe(true);
  }
  const refused = await call("run", "--module", gated, ...answers, "--report", join(folder, "x.docx"));
  expect(refused.stderr).toContain("--report writes .html, .svg, .json, .txt");
});
