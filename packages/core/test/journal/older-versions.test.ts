import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/folder-journal.js";
import { rejection } from "../thrown.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

/** Version 0 was never released: it stands for any older one. It has neither writers nor checksums. */
const VERSION_0 = `{"genblaze":"journal","version":0,"run_id":"run"}
{"sequence":0,"at":1000,"transition":{"state":"ready","step":"step-0","mustWait":false}}
{"sequence":1,"at":1001,"transition":{"state":"ready","step":"step-1","mustWait":false}}
`;

async function olderJournal(text: string) {
  const root = await newRoot();
  const file = join(root, "run", "journal.jsonl");
  await mkdir(join(root, "run"), { recursive: true });
  await writeFile(file, text);
  return { file, journal: folderJournal(root) };
}

describe("a journal of an older version", () => {
  it("is read as it is, and listed", async () => {
    const { file, journal } = await olderJournal(`${VERSION_0}{"sequ`);
    expect(await collect(journal.read("run"))).toEqual([entryOf("run", 0), entryOf("run", 1)]);
    expect(await collect(journal.list())).toEqual([{ runId: "run", isClaimed: false, changedAt: 1_001 }]);
    expect(await readFile(file, "utf8")).toBe(`${VERSION_0}{"sequ`);
  });

  it("is written anew in the current version when it is claimed, and goes on", async () => {
    const { file, journal } = await olderJournal(`${VERSION_0}{"sequ`);
    await appendAll(journal, [entryOf("run", 2)]);
    const text = await readFile(file, "utf8");
    expect(text.startsWith('{"genblaze":"journal","version":1,"run_id":"run","crc32":"')).toBe(true);
    expect(await collect(journal.read("run"))).toEqual([0, 1, 2].map((sequence) => entryOf("run", sequence)));
  });

  it("is refused with the line that is damaged", async () => {
    const { journal } = await olderJournal(VERSION_0.replace('"sequence":0', '"sequence":-1'));
    expect((await rejection(journal.claim("run"))).details).toEqual({ runId: "run", line: 2 });
  });
});
