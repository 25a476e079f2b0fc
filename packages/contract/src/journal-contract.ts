import { GenblazeError } from "@genblaze/core";
import type { Journal, JournalEntry, KnownRun } from "@genblaze/core/journal";
import { readAll } from "@genblaze/core/storage";
import { describe, expect, it } from "vitest";

/** What {@link describeJournalContract} is told of a journal. */
export interface JournalContractOptions {
  /** For the titles. */
  readonly name: string;
  /** A journal that knows no run. */
  open(): Promise<Journal> | Journal;
  /**
   * Another value of a journal, as the next process would open it; the one before is not written any more.
   * @default the journal does not outlive its value, and what needs that is not tested
   */
  readonly reopen?: (journal: Journal) => Promise<Journal> | Journal;
  /** Whether it takes entries only of runs that are claimed. @default true */
  readonly needsClaim?: boolean;
}

type Open = JournalContractOptions["open"];
type Reopen = NonNullable<JournalContractOptions["reopen"]>;

const entry = (runId: string, sequence: number, step = `step-${sequence}`): JournalEntry => ({
  runId,
  sequence,
  at: 1_700_000_000_000 + sequence,
  transition: { state: "ready", step, mustWait: false },
});

/** Ids that would leave their place, or that some file system takes for one another. */
const oddRunIds = [
  "../x",
  "a/b",
  "a\\b",
  "a",
  "A",
  ".",
  "..",
  " a",
  "a.",
  "con",
  "a\0b",
  "a\nb",
  "%2e%2e",
  "é",
  "e\u0301",
  "日本",
  "\u{1f600}",
  "x".repeat(200),
  "X".repeat(200),
  "日".repeat(200),
  "__proto__",
  "journal.jsonl",
];

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function written(journal: Journal, ...entries: readonly JournalEntry[]): Promise<void> {
  for (const runId of new Set(entries.map((each) => each.runId))) {
    const claim = await journal.claim(runId);
    for (const each of entries) if (each.runId === runId) await journal.append(each);
    await claim.release();
  }
}

async function knownRun(journal: Journal, runId: string): Promise<KnownRun | undefined> {
  return (await all(journal.list())).find((run) => run.runId === runId);
}

async function codeOf(work: () => Promise<unknown> | undefined): Promise<string> {
  try {
    await work();
    return "nothing was thrown";
  } catch (error) {
    return GenblazeError.isInstance(error) ? error.code : String(error);
  }
}

/** The suite that every journal must pass. */
export function describeJournalContract({ name, open, reopen, needsClaim = true }: JournalContractOptions): void {
  describe(`${name} keeps the journal contract`, () => {
    describeClaims(open);
    if (needsClaim) describeRefusals(open);
    describeEntries(open);
    describeRuns(open);
    describeSpool(open);
    if (reopen !== undefined) describeNextProcess(open, reopen);
  });
}

function describeClaims(open: Open): void {
  it("gives a run to one writer at a time, and again when that one has released it", async () => {
    const journal = await open();
    const first = await journal.claim("run");
    expect(await codeOf(() => journal.claim("run"))).toBe("RUN_BUSY");
    const other = await journal.claim("other");
    await first.release();
    const second = await journal.claim("run");
    expect(await codeOf(() => journal.claim("run"))).toBe("RUN_BUSY");
    await Promise.all([other.release(), second.release()]);
  });

  it("lets exactly one of many claims through that come at once", async () => {
    const journal = await open();
    const claims = await Promise.allSettled(Array.from({ length: 10 }, () => journal.claim("run")));
    const given = claims.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(given).toHaveLength(1);
    await given[0]?.release();
  });

  it("takes a release that comes twice, and not for the release of the claim after it", async () => {
    const journal = await open();
    const first = await journal.claim("run");
    await Promise.all([first.release(), first.release()]);
    const second = await journal.claim("run");
    await first.release();
    expect(await codeOf(() => journal.claim("run"))).toBe("RUN_BUSY");
    await journal.append(entry("run", 0));
    await second.release();
  });

  it("gives every claim of a run a higher token than those before, written under or not", async () => {
    const journal = await open();
    const tokens: number[] = [];
    for (let round = 0; round < 4; round++) {
      const claim = await journal.claim("run");
      tokens.push(claim.token);
      if (round === 2) await journal.append(entry("run", 0));
      await claim.release();
    }
    expect(tokens).toEqual([...new Set(tokens)].toSorted((left, right) => left - right));
  });
}

function describeRefusals(open: Open): void {
  it("takes no entry of a run that is not claimed, or no longer", async () => {
    const journal = await open();
    expect(await codeOf(() => journal.append(entry("run", 0)))).toBe("JOURNAL_FAILED");
    const claim = await journal.claim("run");
    expect(await codeOf(() => journal.append(entry("other", 0)))).toBe("JOURNAL_FAILED");
    await journal.append(entry("run", 0));
    await claim.release();
    expect(await codeOf(() => journal.append(entry("run", 1)))).toBe("JOURNAL_FAILED");
    expect(await all(journal.read("run"))).toEqual([entry("run", 0)]);
  });

  it("has written what it was given before the release when that is done", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    const appending = Array.from({ length: 20 }, (_, sequence) => journal.append(entry("run", sequence)));
    await claim.release();
    expect(await all(journal.read("run"))).toHaveLength(20);
    await Promise.all(appending);
  });
}

function describeEntries(open: Open): void {
  it("has no entries of a run that it does not know", async () => {
    const journal = await open();
    expect(await all(journal.read("nobody"))).toEqual([]);
    const claim = await journal.claim("nobody");
    expect(await all(journal.read("nobody"))).toEqual([]);
    await claim.release();
  });

  it("gives entries back as they were, with and without a claim on their run", async () => {
    const journal = await open();
    const error = { code: "RUN_FAILED", message: 'so "it" was:\n\u2028 \0 é 日本 \u{1f600}' } as const;
    const entries: JournalEntry[] = [
      { ...entry("run", 0), transition: { state: "run.planned", name: "n", steps: [{ step: "s", stepId: "i" }] } },
      { ...entry("run", 1), transition: { state: "submitted", step: "s", operation: { deep: [1, -0.5, 1e21, null] } } },
      {
        ...entry("run", 2),
        transition: { state: "run.ended", endedAt: 2_000, status: "failed", manifestHash: "", error },
      },
    ];
    const claim = await journal.claim("run");
    for (const each of entries) await journal.append(each);
    expect(await all(journal.read("run"))).toEqual(entries);
    await claim.release();
    expect(await all(journal.read("run"))).toEqual(entries);
  });

  it("gives entries in the order of their sequence, of several of one the first, and leaves gaps", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    for (const sequence of [4, 0, 7, 2]) await journal.append(entry("run", sequence));
    await journal.append(entry("run", 2, "too late"));
    await claim.release();
    expect(await all(journal.read("run"))).toEqual([0, 2, 4, 7].map((sequence) => entry("run", sequence)));
  });

  it("takes entries that come at once, of several runs", async () => {
    const journal = await open();
    const runs = ["one", "two", "three"];
    const claims = await Promise.all(runs.map((runId) => journal.claim(runId)));
    const sequences = Array.from({ length: 100 }, (_, sequence) => sequence);
    await Promise.all(runs.flatMap((runId) => sequences.map((sequence) => journal.append(entry(runId, sequence)))));
    await Promise.all(claims.map((claim) => claim.release()));
    for (const runId of runs) {
      expect(await all(journal.read(runId))).toEqual(sequences.map((sequence) => entry(runId, sequence)));
    }
  });

  it("keeps large entries whole", async () => {
    const journal = await open();
    const sizes = [60_000, 65_536, 70_000, 3_000_000];
    const entries = sizes.map((size, sequence) => entry("run", sequence, "日\n".repeat(size / 4)));
    await written(journal, ...entries, entry("run", sizes.length));
    expect(await all(journal.read("run"))).toEqual([...entries, entry("run", sizes.length)]);
  });
}

function describeRuns(open: Open): void {
  it("lists the runs that have an entry, with the time of the last one and whether somebody has claimed them", async () => {
    const journal = await open();
    expect(await all(journal.list())).toEqual([]);
    await written(journal, entry("one", 0), entry("one", 1), entry("two", 0));
    const claim = await journal.claim("two");
    expect(await knownRun(journal, "one")).toEqual({ runId: "one", isClaimed: false, changedAt: entry("one", 1).at });
    expect(await knownRun(journal, "two")).toEqual({ runId: "two", isClaimed: true, changedAt: entry("two", 0).at });
    expect(await all(journal.list())).toHaveLength(2);
    await claim.release();
  });

  it("forgets a run and nothing else, and one that it does not know at once", async () => {
    const journal = await open();
    await written(journal, entry("one", 0), entry("two", 0));
    await journal.remove("one");
    await journal.remove("one");
    await journal.remove("nobody");
    expect((await all(journal.list())).map(({ runId }) => runId)).toEqual(["two"]);
    expect(await all(journal.read("one"))).toEqual([]);
    await written(journal, entry("one", 5));
    expect(await all(journal.read("one"))).toEqual([entry("one", 5)]);
  });

  it("does not forget a run that somebody has claimed", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    await journal.append(entry("run", 0));
    expect(await codeOf(() => journal.remove("run"))).toBe("RUN_BUSY");
    await journal.append(entry("run", 1));
    await claim.release();
    expect(await all(journal.read("run"))).toHaveLength(2);
  });

  it("keeps runs apart whatever their ids are", async () => {
    const journal = await open();
    for (const [sequence, runId] of oddRunIds.entries()) await written(journal, entry(runId, sequence));
    expect((await all(journal.list())).map(({ runId }) => runId).toSorted()).toEqual(oddRunIds.toSorted());
    for (const [sequence, runId] of oddRunIds.entries()) {
      expect(await all(journal.read(runId)), JSON.stringify(runId)).toEqual([entry(runId, sequence)]);
    }
    for (const runId of oddRunIds) await journal.remove(runId);
    expect(await all(journal.list())).toEqual([]);
  });
}

function describeSpool(open: Open): void {
  it("keeps bytes in the spool of a run, if it has one, until the run is forgotten", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    await journal.append(entry("run", 0));
    await claim.spool?.put("key", new Uint8Array([1, 2, 3]));
    await claim.release();
    const again = await journal.claim("run");
    if (again.spool !== undefined) expect([...(await readAll(await again.spool.get("key")))]).toEqual([1, 2, 3]);
    await again.release();
    await journal.remove("run");
    const anew = await journal.claim("run");
    expect(await anew.spool?.head("key")).toBeUndefined();
    await anew.release();
  });
}

function describeNextProcess(open: Open, reopen: Reopen): void {
  it("has what was appended when it is opened anew", async () => {
    const journal = await open();
    const entries = [entry("run", 0), entry("run", 1, "x".repeat(100_000)), entry("run", 2)];
    const claim = await journal.claim("run");
    for (const each of entries) await journal.append(each);
    // Nobody had time to release it.
    const reader = await reopen(journal);
    expect(await all(reader.read("run"))).toEqual(entries);
    expect((await all(reader.list())).map(({ runId }) => runId)).toEqual(["run"]);
    await claim.release();
  });

  it("goes on with higher tokens and behind what is there", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    await journal.append(entry("run", 0));
    await claim.release();
    const next = await reopen(journal);
    const again = await next.claim("run");
    expect(again.token).toBeGreaterThan(claim.token);
    await next.append(entry("run", 1));
    await again.release();
    expect(await all((await reopen(next)).read("run"))).toEqual([entry("run", 0), entry("run", 1)]);
  });

  it("keeps a claim exclusive between its values", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    const other = await reopen(journal);
    expect(await codeOf(() => other.claim("run"))).toBe("RUN_BUSY");
    expect(await codeOf(() => other.append(entry("run", 0)))).toBe("JOURNAL_FAILED");
    await claim.release();
    await (await other.claim("run")).release();
  });

  it("keeps the bytes of the spool, if it has one", async () => {
    const journal = await open();
    const claim = await journal.claim("run");
    await claim.spool?.put("key", new Uint8Array([1, 2, 3]));
    await claim.release();
    const again = await (await reopen(journal)).claim("run");
    if (again.spool !== undefined) expect([...(await readAll(await again.spool.get("key")))]).toEqual([1, 2, 3]);
    await again.release();
  });
}
