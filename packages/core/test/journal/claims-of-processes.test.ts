import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/folder-journal.js";
import { rejection } from "../thrown.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

const core = resolve(import.meta.dirname, "../..");

/**
 * `hold` claims a run and waits to be killed; `append` writes entries to it, eight at a time, some of them large, and
 * prints what the journal acknowledged; `fill` writes until it cannot, then tries a small one, and releases the run;
 * `fight` claims it again and again, and prints the tokens it got.
 */
const SCRIPT = `
import { folderJournal } from "./src/journal/folder-journal.ts";
const [what, root, from] = process.argv.slice(2);
const journal = folderJournal(root);
const say = (words) => process.stdout.write(words + "\\n");
const entry = (sequence) => ({ runId: "run", sequence, at: sequence, transition:
  { state: "submitted", step: "s", operation: "x".repeat(sequence % 20 === 7 ? 70000 : 300) } });
if (what === "hold") {
  const claim = await journal.claim("run");
  say(claim.token);
  setInterval(() => undefined, 1000);
} else if (what === "append") {
  await journal.claim("run");
  for (let next = Number(from); ; next += 8) {
    const several = Array.from({ length: 8 }, (_, place) => next + place);
    await Promise.all(several.map(async (sequence) => {
      await journal.append(entry(sequence));
      say(sequence);
    }));
  }
} else if (what === "fill") {
  const claim = await journal.claim("run");
  const failed = (error) => say(error.code + " " + error.cause?.code);
  for (let next = 0, open = true; open; next++) {
    await journal.append({ ...entry(0), sequence: next }).then(() => say(next), (error) => { open = false; failed(error); });
  }
  await journal.append({ ...entry(0), sequence: 1000000 }).catch(failed);
  await claim.release();
} else {
  for (let done = 0; done < 15; ) {
    try {
      const claim = await journal.claim("run");
      await journal.append(entry(Number(from) + done));
      say(claim.token);
      await claim.release();
      done++;
    } catch (error) {
      if (error.code !== "RUN_BUSY") throw error;
      await new Promise((go) => setImmediate(go));
    }
  }
}
`;

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-claims-"));
  await build({
    stdin: { contents: SCRIPT, resolveDir: core, sourcefile: "claims.ts", loader: "ts" },
    absWorkingDir: core,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@genblaze/source"],
    outfile: join(folder, "claims.mjs"),
  });
});

afterAll(async () => {
  await removeRoots();
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly lines: AsyncIterable<string>;
  readonly exited: Promise<unknown>;
}

function start(what: "hold" | "append" | "fight", root: string, from = 0): Started {
  return startProgram(process.execPath, [join(folder, "claims.mjs"), what, root, String(from)]);
}

/** In a shell that lets no file grow beyond some 4 KB, and has writes beyond fail instead of ending the process. */
function startFilling(root: string): Started {
  const script = `trap "" XFSZ; ulimit -f 8; exec "$0" "$@"`;
  return startProgram("sh", ["-c", script, process.execPath, join(folder, "claims.mjs"), "fill", root]);
}

function startProgram(program: string, words: readonly string[]): Started {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  return { child, lines: createInterface(child.stdout), exited: once(child, "exit") };
}

async function firstLine({ lines }: Started): Promise<string> {
  for await (const line of lines) return line;
  return "";
}

async function kill({ child, exited }: Started): Promise<void> {
  child.kill("SIGKILL");
  await exited;
}

describe("a run that several processes want", () => {
  it("is busy while another process has it, which the error names, and is taken over when that one was killed", async () => {
    const root = await newRoot();
    const holder = start("hold", root);
    const token = Number(await firstLine(holder));
    const journal = folderJournal(root);
    const error = await rejection(journal.claim("run"));
    expect([error.code, error.details]).toEqual(["RUN_BUSY", { runId: "run" }]);
    expect(error.message).toContain(`process ${holder.child.pid} of this machine`);
    expect((await rejection(journal.remove("run"))).code).toBe("RUN_BUSY");
    await kill(holder);
    expect((await stat(join(root, "run", "lock"))).isFile()).toBe(true);
    const claim = await journal.claim("run");
    expect(claim.token).toBeGreaterThan(token);
    await journal.append(entryOf("run", 0));
    await claim.release();
    expect(await collect(journal.read("run"))).toEqual([entryOf("run", 0)]);
  });

  it("is listed as claimed while that process lives, and not any more when it was killed", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    await appendAll(journal, [entryOf("run", 0)]);
    const holder = start("hold", root);
    await firstLine(holder);
    expect(await collect(journal.list())).toEqual([{ runId: "run", isClaimed: true, changedAt: 1_000 }]);
    await kill(holder);
    expect(await collect(journal.list())).toEqual([{ runId: "run", isClaimed: false, changedAt: 1_000 }]);
  });

  it("has one writer at a time, each with a token of its own, and loses none of their entries", async () => {
    const root = await newRoot();
    const fighters = [0, 100, 200].map((from) => start("fight", root, from));
    const tokens = (await Promise.all(fighters.map(({ lines }) => collect(lines)))).flat().map(Number);
    await Promise.all(fighters.map(({ exited }) => exited));
    expect(tokens).toHaveLength(45);
    expect(new Set(tokens).size).toBe(45);
    const sequences = (await collect(folderJournal(root).read("run"))).map(({ sequence }) => sequence);
    const expected = [0, 100, 200].flatMap((from) => Array.from({ length: 15 }, (_, place) => from + place));
    expect(sequences).toEqual(expected);
  });

  it("has every acknowledged entry after its process was killed, and goes on in the next", async () => {
    const root = await newRoot();
    const acknowledged = new Set<number>();
    for (const [round, atLeast] of [1, 30, 90, 7, 200].entries()) {
      const writer = start("append", root, round * 100_000);
      let count = 0;
      for await (const line of writer.lines) {
        acknowledged.add(Number(line));
        count += 1;
        if (count === atLeast) writer.child.kill("SIGKILL");
      }
      await writer.exited;
      expect(count).toBeGreaterThanOrEqual(atLeast);
    }
    const journal = folderJournal(root);
    const read = await collect(journal.read("run"));
    const kept = new Set(read.map(({ sequence }) => sequence));
    expect([...acknowledged].filter((sequence) => !kept.has(sequence))).toEqual([]);
    const sizes = new Set(read.map(({ transition }) => JSON.stringify(transition).length));
    expect(sizes.size).toBe(2);
    await journal.compact("run");
    expect(await collect(journal.read("run"))).toEqual(read);
  });

  it("takes nothing more under a claim after a write failed, and has what was acknowledged before", async () => {
    const root = await newRoot();
    const filling = startFilling(root);
    const lines = await collect(filling.lines);
    await filling.exited;
    const acknowledged = lines.slice(0, -2);
    expect(lines.slice(-2)).toEqual(["JOURNAL_FAILED EFBIG", "JOURNAL_FAILED EFBIG"]);
    const { size } = await stat(join(root, "run", "journal.jsonl"));
    expect(size % 512).toBe(0);
    const journal = folderJournal(root);
    await appendAll(journal, [entryOf("run", 99)]);
    expect((await collect(journal.read("run"))).map(({ sequence }) => sequence)).toHaveLength(acknowledged.length + 1);
  });
});
