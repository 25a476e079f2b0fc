import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderJournal } from "@genblaze/core/journal";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../src/run-cli.js";
import { call, fixture, json, person, wordsOf } from "./cli-calls.js";
import { painted, weather } from "./fixtures/runs.js";

const module = fixture("runs");
let folder = "";
let journal = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-cli-"));
  journal = join(folder, "runs");
  weather.isBad = true;
  // What is left to be looked at goes with the rest.
  vi.stubEnv("TMPDIR", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a pipeline into the journal under an id. */
const begin = (name: string, runId: string, ...more: readonly string[]) =>
  call("run", `${module}#${name}`, "--journal", journal, "--run-id", runId, ...more);
const resumeWords = (name: string, runId: string) =>
  ["runs", "resume", runId, "--journal", journal, "--module", `${module}#${name}`] as const;

describe("a run with a budget", () => {
  it("makes no request that it has too little left for, and goes on when it is given more", async () => {
    const short = await begin("costly", "run-costly", "--budget", "1.5");
    expect(short.code).toBe(1);
    expect(short.stdout).toContain(
      '"clip" would cost more than the budget has left: give the run more, --budget USD.\n',
    );
    const more = await call(...resumeWords("costly", "run-costly"), "--budget", "2");
    expect([more.code, more.stderr]).toEqual([0, ""]);
    const wrong = await begin("costly", "run-wrong", "--budget", "much");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--budget takes US dollars up to 1000000")]);
  });
});

describe("a run that is kept in a journal", () => {
  it("rests, says with which call it goes on, and that call pays for nothing again", async () => {
    const rested = await begin("gated", "run-resting");
    expect(rested.code).toBe(1);
    const next = `runs resume run-resting --journal ${journal} --module ${module}#gated --answers '{"chosen":{"approved":true}}'`;
    const [, shown = ""] = /\n {2}0 {2}image\/x-scripted of "frame" {2}(.*)\n/.exec(rested.stdout) ?? [];
    expect((await readFile(shown)).toString()).toBe("scripted image of painter");
    expect(rested.stdout).toContain(
      [
        '"chosen" waits for an answer: Approve?',
        `  0  image/x-scripted of "frame"  ${shown}`,
        "Go on with this call (what is done is in the journal and is not paid for again):",
        `  genblaze ${next}`,
        "",
      ].join("\n"),
    );
    expect(rested.stdout).toContain(`kept in the journal ${journal}\n`);
    const paid = painted.calls.length;
    const done = await call(...wordsOf(next), "--save", join(folder, "clip.bin"));
    expect([done.code, done.stderr]).toEqual([0, ""]);
    expect(done.stdout).toContain("gated: goes on\n");
    expect(done.stdout).toContain("run run-resting: completed\n");
    expect(done.stdout).not.toContain("Go on with this call");
    expect(painted.calls.length).toBe(paid + 1);
    // Asked for once more it gives what it gave.
    expect((await begin("gated", "run-resting")).code).toBe(0);
    expect(painted.calls.length).toBe(paid + 1);
  });

  it("asks at the terminal when it goes on there, with files to look at", async () => {
    await begin("gated", "run-asked");
    const { terminal, shown } = person("yes");
    expect(await runCli(resumeWords("gated", "run-asked"), terminal)).toBe(0);
    expect(shown()).toContain('\n"chosen" waits: Approve?\n  0  image/x-scripted of "frame"  ');
  });

  it("goes on where it failed, in the next call too as --json names it", async () => {
    const failed = await json("run", `${module}#sailing`, "--journal", journal, "--run-id", "run-failed");
    expect(failed).toMatchObject({ code: 1, status: "failed", journal });
    expect(failed.next).toBe(`genblaze runs resume run-failed --journal ${journal} --json --module ${module}#sailing`);
    const again = await call(...wordsOf(failed.next).slice(1));
    expect(JSON.parse(again.stdout)).toMatchObject({ status: "failed", next: failed.next });
    weather.isBad = false;
    const paid = painted.calls.length;
    expect(await json(...resumeWords("sailing", "run-failed"))).toMatchObject({ code: 0, status: "completed" });
    expect(painted.calls.length).toBe(paid + 1);
  });

  it("is given a private input and the owner's key again, and opens then what it committed to before", async () => {
    const key = join(folder, "owner.key");
    const [opening, more] = [join(folder, "opening.json"), join(folder, "opening.2.json")];
    await writeFile(key, new Uint8Array(32).fill(7));
    const keys = ["--opening", opening, "--owner-key", key];
    const rested = await begin("hushed", "run-hushed", "--input", '"Lisbon"', ...keys);
    const [, next = ""] = /\n {2}genblaze (runs resume .*)\n/.exec(rested.stdout) ?? [];
    expect(next).toContain(` --input '"Lisbon"' `);
    expect(next).toContain(` --owner-key ${key} `);
    expect(next).toContain(` --opening ${more} `);
    const shown = await call("runs", "show", "run-hushed", "--journal", journal);
    expect(shown.stdout).toContain("its input is in no journal: give it again with --input to go on\n");
    expect(shown.stdout).not.toContain("Lisbon");
    const without = await call(...resumeWords("hushed", "run-hushed"), ...keys.with(1, more));
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("OPENING_NEEDED: ")]);
    expect(without.stderr).toContain("On the command line: --input JSON.\n");
    const done = await call(...wordsOf(next));
    expect([done.code, done.stderr]).toEqual([0, ""]);
    const openings = await Promise.all([opening, more].map(async (path) => JSON.parse(await readFile(path, "utf8"))));
    expect(openings[1]).toEqual(openings[0]);
  });

  it("says on a terminal that it is being cancelled, below its steps", async () => {
    const shown: string[] = [];
    const screen = { isTTY: true, columns: 120, write: (text: string) => shown.push(text) };
    const terminal = { stdout: screen, stderr: screen, signal: AbortSignal.abort() };
    expect(await runCli(["run", `${module}#sailing`, "--journal", journal, "--run-id", "run-c"], terminal)).toBe(1);
    expect(shown.join("")).toMatch(/home.*\n.*Cancelling: jobs under way are called back/);
    expect(shown.join("")).toContain("run run-c: cancelled\n");
  });

  it("is kept where GENBLAZE_JOURNAL says, and only with a journal has an id of the caller's", async () => {
    const out: string[] = [];
    const screen = { write: (text: string) => out.push(text) };
    const terminal = { stdout: screen, stderr: screen, environment: { GENBLAZE_JOURNAL: journal } };
    expect(await runCli(["run", `${module}#gated`, "--run-id", "run-env"], terminal)).toBe(1);
    expect(await runCli(["runs", "list"], terminal)).toBe(0);
    expect(out.join("")).toContain("\nrun-env  gated  waiting  ");
    const refused = await call("run", `${module}#gated`, "--run-id", "run-env");
    expect([refused.code, refused.stderr]).toEqual([
      2,
      "genblaze: INVALID_OPTION: --run-id needs a journal: `genblaze run FILE --journal FOLDER --run-id ID`.\n",
    ]);
  });
});

describe("genblaze runs list", () => {
  it("lists the last changed first, how each stands, and those that cannot be read with the reason", async () => {
    expect((await call("runs", "list", "--journal", journal)).stdout).toBe(`no runs in ${journal}\n`);
    await begin("sailing", "run-a");
    await begin("gated", "run-b");
    await begin("sailing", "run-c");
    const path = join(journal, "run-c", "journal.jsonl");
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.map((line, index) => (index === 3 ? line.replace("frame", "flame") : line)).join("\n"));
    const { stdout, code } = await call("runs", "list", "--journal", journal);
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((row) => row.split(/ {2,}/));
    expect(rows[0]).toEqual(["id", "name", "status", "started", "took", "steps", "cost"]);
    expect(rows.slice(1).map(([id, ...cells]) => [id, cells[1], cells[4]])).toEqual([
      [
        "run-c",
        expect.stringContaining("JOURNAL_FAILED: Line 4 of the journal of run run-c cannot be read"),
        undefined,
      ],
      ["run-b", "waiting", "1/3"],
      ["run-a", "failed", "1/3"],
    ]);
    const listed = await json("runs", "list", "--journal", journal, "--status", "failed");
    expect(listed).toMatchObject({
      journal,
      more: 0,
      runs: [
        { runId: "run-a", name: "sailing", status: "failed", doneSteps: 1, steps: 3, error: { code: "RUN_FAILED" } },
      ],
    });
    expect((await json("runs", "list", "--journal", journal, "--limit", "1")).more).toBe(2);
    expect((await call("runs", "list", "--journal", journal, "--limit", "1")).stdout).toContain(
      "and 2 more: --limit 3\n",
    );
  });

  it("lists a run whose very first line is damaged, beside the others", async () => {
    await begin("sailing", "run-a");
    await begin("sailing", "run-b");
    const path = join(journal, "run-b", "journal.jsonl");
    await writeFile(path, (await readFile(path, "utf8")).replace('"run_id":"run-b"', '"run_id":"run-x"'));
    const { runs } = await json("runs", "list", "--journal", journal);
    expect(runs).toMatchObject([
      { runId: "run-b", status: "damaged", error: { code: "JOURNAL_FAILED" } },
      { runId: "run-a", status: "failed" },
    ]);
  });

  it("tells a run that somebody has from one that was interrupted", async () => {
    await begin("gated", "run-torn");
    const path = join(journal, "run-torn", "journal.jsonl");
    const lines = (await readFile(path, "utf8")).split("\n");
    const asked = lines.findIndex((line) => line.includes('"state":"intent"'));
    await writeFile(path, `${lines.slice(0, asked + 1).join("\n")}\n`);
    const status = async () => (await json("runs", "list", "--journal", journal)).runs[0].status;
    expect(await status()).toBe("interrupted");
    const doubt = await call("runs", "show", "run-torn", "--journal", journal);
    expect(doubt.stdout).toContain("in doubt: it was asked under the key run-torn/");
    const claim = await folderJournal(journal).claim("run-torn");
    expect(await status()).toBe("running");
    const busy = await call("runs", "cancel", "run-torn", "--journal", journal, "--module", `${module}#gated`);
    expect([busy.code, busy.stderr]).toEqual([2, expect.stringContaining(`this process, ${process.pid} has it`)]);
    expect(busy.stderr).toContain("press Ctrl-C where it runs.\n");
    await claim.release();
    // Nobody can tell whether it was paid for: that is said, and how to ask all the same.
    const unknown = await call(...resumeWords("gated", "run-torn"));
    expect(unknown.stdout).toContain("To ask again all the same, add --on-unknown-submit resubmit.\n");
    const [, words = ""] = /\n {2}genblaze (runs resume .*)\n/.exec(unknown.stdout) ?? [];
    const asks = await json(...wordsOf(words), "--on-unknown-submit", "resubmit");
    expect(asks).toMatchObject({ code: 1, status: "waiting" });
  });
});

describe("genblaze runs show", () => {
  it("shows the steps of a run without its module, by the beginning of its id", async () => {
    await begin("sailing", "0b6c1e02-5a3b");
    await begin("gated", "0b6c1e02-7777");
    const { stdout, code } = await call("runs", "show", "0b6c1e02-5", "--journal", journal);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^run 0b6c1e02-5a3b: failed\npipeline sailing, begun \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, took /,
    );
    expect(stdout).toContain("1 of 3 steps done, cost unknown\n");
    expect(stdout).toMatch(/\ntrip +failed +stormy\/sea +once /);
    expect(stdout).toContain("\n  MODEL_ERROR: the weather is bad\n");
    expect(stdout).toContain("\n  prompt: a boat\n");
    expect(stdout).toContain('\n  Skipped, because "trip" did not succeed.\n');
    const gate = await json("runs", "show", "0b6c1e02-7777", "--journal", journal);
    expect(gate).toMatchObject({ status: "waiting", waiting: ["chosen"], doneSteps: 1 });
    expect(gate.steps[1].question.question).toBe("Approve?");
    const entries = await call("runs", "show", "0b6c1e02-7777", "--journal", journal, "--events");
    const states = entries.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).transition.state);
    expect([states[0], states.at(-1)]).toEqual(["run.planned", "run.ended"]);
    const both = await call("runs", "show", "0b6c1e02", "--journal", journal);
    expect([both.code, both.stderr]).toEqual([
      2,
      "genblaze: INVALID_OPTION: 2 runs begin with 0b6c1e02: 0b6c1e02-5a3b, 0b6c1e02-7777. Give more of the id.\n",
    ]);
    expect((await call("runs", "show", "0b6c1e0", "--journal", journal)).stderr).toContain(
      "RUN_NOT_FOUND: There is no run 0b6c1e0 in",
    );
  });
});

describe("genblaze runs cancel", () => {
  it("ends a run that rests, and leaves one that has ended", async () => {
    await begin("gated", "run-resting");
    const words = ["runs", "cancel", "run-resting", "--journal", journal, "--module", `${module}#gated`];
    expect(await call(...words)).toEqual({
      code: 0,
      stdout: "run run-resting: cancelled\ncancelled: chosen\n",
      stderr: "",
    });
    expect((await json("runs", "show", "run-resting", "--journal", journal)).status).toBe("cancelled");
    expect((await call(...words)).stdout).toBe(
      "run run-resting has ended already: cancelled; there is nothing to cancel\n",
    );
  });
});

describe("genblaze runs retry", () => {
  const words = () =>
    ["runs", "retry", "run-whole", "--from", "frame", "--journal", journal, "--module", `${module}#sailing`] as const;

  it("says what is paid for again, and does it when the person says so, or --yes does", async () => {
    weather.isBad = false;
    await begin("sailing", "run-whole");
    const paid = painted.calls.length;
    const refused = await call(...words());
    expect(refused.stdout).toBe("run run-whole\ndone and paid for again: frame, trip, home (so far unknown)\n");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("Say --yes to do it all the same.")]);
    const no = person("no");
    expect(await runCli(words(), no.terminal)).toBe(1);
    expect(no.shown()).toContain("Do and pay for them again? (yes or no): Nothing was done.\n");
    expect(painted.calls.length).toBe(paid);
    const yes = person("yes");
    expect(await runCli(words(), yes.terminal)).toBe(0);
    expect(painted.calls.length).toBe(paid + 2);
    const later = await call(...words().map((word) => (word === "frame" ? "home" : word)), "--yes");
    expect([later.code, painted.calls.length]).toEqual([0, paid + 3]);
  });

  it("names the steps where it is told none or an unknown one", async () => {
    await begin("sailing", "run-whole");
    expect((await call(...words().map((word) => (word === "frame" ? "fram" : word)))).stderr).toContain(
      'UNKNOWN_STEP: --from names "fram", which is no step of pipeline "sailing". Its steps are: frame, trip, home.',
    );
    const without = await call("runs", "retry", "run-whole", "--journal", journal, "--module", `${module}#sailing`);
    expect(without.stderr).toContain("--from STEP, as in `genblaze runs retry ID --from STEP");
  });
});

describe("genblaze runs prune and compact", () => {
  it("forgets what ended long ago, and nothing that waits", async () => {
    await begin("sailing", "run-old");
    await begin("gated", "run-waits");
    expect((await json("runs", "prune", "--older-than", "1h", "--journal", journal)).removed).toEqual([]);
    const out: string[] = [];
    const screen = { write: (text: string) => out.push(text) };
    const clock = { now: () => Date.now() + 2 * 86_400_000, schedule: () => () => undefined };
    const words = ["runs", "prune", "--older-than", "1d", "--journal", journal];
    expect(await runCli(words, { stdout: screen, stderr: screen, clock })).toBe(0);
    expect(out.join("")).toBe("1 run forgotten\n  run-old\n");
    expect((await json("runs", "list", "--journal", journal)).runs).toHaveLength(1);
    const compacted = await call("runs", "compact", "run-waits", "--journal", journal);
    expect(compacted).toEqual({ code: 0, stdout: "run run-waits: its journal was written anew\n", stderr: "" });
    expect((await json("runs", "show", "run-waits", "--journal", journal)).status).toBe("waiting");
  });
});

describe("genblaze runs", () => {
  it("explains itself", async () => {
    const help = await call("runs", "--help");
    expect(help.code).toBe(0);
    for (const name of ["list", "show", "resume", "retry", "cancel", "prune", "compact"]) {
      expect(help.stdout).toContain(`  runs ${name} `);
      expect((await call("runs", name, "--help")).stdout).toContain(`genblaze runs ${name} `);
    }
    expect((await call("runs")).code).toBe(2);
    expect((await call("runs", "lst")).stderr).toContain('there is no command "runs lst". Commands: runs list, ');
  });

  it("says of a wrong call what is wrong with it and how it is right", async () => {
    await begin("gated", "run-resting");
    const at = ["--journal", journal];
    const cases = [
      [["list", "--status", "done"], "--status takes one of running, interrupted, waiting, "],
      [["list", "--limit", "0"], "--limit takes a whole number from 1 to 1000000, like --limit 20; 0 was given."],
      [["resume", "run-resting"], "--module FILE#EXPORT, as in `genblaze runs resume ID --module FILE#EXPORT "],
      [["resume", "nothing", "--module", `${module}#gated`], "RUN_NOT_FOUND: There is no run nothing in "],
      [["resume", "run-resting", "--module", `${module}#changed`], "On the command line: --on-change continue"],
      [["resume", "run-resting", "--module", `${module}#gated`, "--on-change", "yes"], "--on-change takes `continue`"],
      [["prune", "--older-than", "30"], "--older-than takes a number of minutes, hours, days or weeks"],
      [["prune"], "--older-than 30d, as in `genblaze runs prune --older-than AGE"],
      [["show"], "expected `genblaze runs show ID"],
    ] as const;
    for (const [words, message] of cases) {
      const { code, stderr } = await call("runs", ...words, ...at);
      expect(stderr, words.join(" ")).toContain(message);
      expect(code).toBe(2);
    }
  });
});
