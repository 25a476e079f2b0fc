import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, fixture, json } from "./cli-calls.js";

const [pipelines, providers] = [fixture("pipelines"), fixture("providers")];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-lineage-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

/** A run, two replays of it and an unrelated run in one folder. */
async function family() {
  const first = await json("run", `${pipelines}#pipeline`, "--store", at("store"), "--save", at("first.out"));
  const words = ["replay", at("first.out"), "-p", providers, "--run", "--store", at("store")];
  const same = await json(...words, "--save", at("same.out"));
  const other = await json(...words, "--set", "frame.provider=other", "--save", at("other.out"));
  const alone = await json("run", `${pipelines}#note`, "--store", at("store"));
  return { first: first.runId, same: same.runId, other: other.runId, alone: alone.runId };
}

describe("genblaze lineage", () => {
  it("shows parents, forks and shared files of a folder, or of one run in it", async () => {
    const ids = await family();
    const all = await json("lineage", at("store"));
    expect(all.code).toBe(0);
    expect(all.nodes.map(({ runId }: { runId: string }) => runId).toSorted()).toEqual(Object.values(ids).toSorted());
    expect(all.forks).toEqual([{ parent: ids.first, children: expect.arrayContaining([ids.same, ids.other]) }]);
    expect(all.sharedAssets).toEqual([
      { sha256: expect.any(String), madeBy: ids.first, usedBy: [{ runId: ids.same, as: "output" }] },
    ]);
    const { stdout } = await call("lineage", at("store"), ids.other);
    expect(stdout.split("\n")).toEqual([
      "2 runs, 0 forks, 0 shared assets",
      expect.stringContaining(`  ${ids.first} small, `),
      expect.stringContaining(`    ${ids.other} small, `),
      "",
    ]);
  });

  it("ends with 2 for a folder or a run that is not there", async () => {
    expect((await call("lineage", at("none"))).stderr).toContain("FILE_NOT_FOUND");
    expect((await call("lineage", folder, "nobody")).stderr).toContain("STORAGE_NOT_FOUND");
    expect((await json("lineage", folder, "--prefix", "other")).nodes).toEqual([]);
  });
});

describe("genblaze diff", () => {
  it("ends with 1 when hashed facts differ and with 0 when none does", async () => {
    await family();
    const { code, stdout } = await call("diff", at("same.out"), at("other.out"));
    expect(code).toBe(1);
    expect(stdout).toContain('\n  frame provider: "scripted" -> "other"\n');
    expect(stdout).toContain("\n  not hashed:\n");
    const same = await json("diff", at("same.out"), `${at("same.out")}.genblaze.json`);
    expect(same).toMatchObject({ code: 0, isSame: true, hashed: [], unhashed: [] });
    const parent = await json("diff", at("first.out"), at("same.out"));
    expect(parent.hashed.map(({ field }: { field: string }) => field)).toEqual(["metadata.parent_run_ids.0"]);
    expect((await call("diff", at("same.out"))).code).toBe(2);
  });
});
