import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call, fixture, json } from "./cli-calls.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

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
  expect((await call("run", "--module", gated)).stdout).toContain(
    `"chosen" waits for an answer: give it with --answers '{"chosen": ...}'`,
  );
  const answered = await json("run", "--module", gated, "--answers", '{"chosen": {"approved": true}}');
  expect(answered).toMatchObject({ code: 0, status: "completed" });
  expect((await call("run", "--module", gated, "--answers", "{")).stderr).toContain("--answers must be JSON");
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
