import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GraphNode, runGraph } from "./run-graph.js";

/** Random acyclic graphs: a node waits for any of those before it. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .map((rows): GraphNode[] =>
    rows.map((row, index) => ({ waitsFor: index === 0 ? [] : [...new Set(row.map((value) => value % index))] })),
  );

describe("runGraph", () => {
  it("never starts a node before all that it waits for have ended well, whatever the order of their ends", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.infiniteStream(fc.nat(5)), async (nodes, delays) => {
        const ended = new Set<number>();
        const seen: number[] = [];
        await runGraph(nodes, {
          run: async (index) => {
            for (const source of nodes[index]?.waitsFor ?? []) expect(ended.has(source)).toBe(true);
            seen.push(index);
            const turns = delays.next().value ?? 0;
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            ended.add(index);
            return "good";
          },
          skip: () => expect.unreachable("nothing fails here"),
        });
        expect(seen.toSorted((left, right) => left - right)).toEqual(nodes.map((_, index) => index));
      }),
    );
  });

  it("runs or skips every node exactly once, and skips just those behind a failure", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.func(fc.boolean()), async (nodes, isGood) => {
        const good = nodes.map((_, index) => isGood(index));
        const decided = new Map<number, "ran" | "skipped">();
        const decide = (index: number, what: "ran" | "skipped") => {
          expect(decided.has(index)).toBe(false);
          decided.set(index, what);
        };
        await runGraph(nodes, {
          run: async (index) => {
            decide(index, "ran");
            return good[index] === true ? "good" : "bad";
          },
          skip: async (index) => decide(index, "skipped"),
        });
        for (const [index, node] of nodes.entries()) {
          const mayRun = node.waitsFor.every((source) => decided.get(source) === "ran" && good[source]);
          expect(decided.get(index)).toBe(mayRun ? "ran" : "skipped");
        }
      }),
    );
  });

  it("runs independent nodes at the same time without a limit", async () => {
    const started: number[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const all = runGraph([{ waitsFor: [] }, { waitsFor: [] }, { waitsFor: [] }], {
      skip: () => undefined,
      run: async (index) => {
        started.push(index);
        await gate;
        return "good";
      },
    });
    expect(started).toEqual([0, 1, 2]);
    release();
    await all;
  });

  it("waits for all that a node takes, then runs it when enough of them ended well", async () => {
    const policy = (atLeast: number) => ({
      waitsFor: [0, 1, 2],
      required: new Set<number>(),
      tolerant: [0, 1, 2],
      atLeast,
    });
    const seen: string[] = [];
    await runGraph([{ waitsFor: [] }, { waitsFor: [] }, { waitsFor: [] }, policy(1), policy(2), policy(0)], {
      run: async (index) => {
        seen.push(`ran ${index}`);
        return index === 0 || index === 2 ? "bad" : "good";
      },
      skip: async (index, because) => {
        seen.push(`skipped ${index} for ${because}`);
      },
    });
    expect(seen).toEqual(["ran 0", "ran 1", "ran 2", "ran 3", "skipped 4 for 0", "ran 5"]);
  });

  it("rejects with what was thrown first, when all that is under way has ended", async () => {
    const seen: string[] = [];
    const all = runGraph(
      [{ waitsFor: [] }, { waitsFor: [] }, { waitsFor: [0] }, { waitsFor: [1] }, { waitsFor: [3] }],
      {
        run: async (index) => {
          if (index === 0) throw new Error("first");
          await Promise.resolve();
          if (index === 4) throw new Error("last");
          seen.push(`ran ${index}`);
          return "good";
        },
        skip: () => expect.unreachable("what waits for a node that threw is left as it is"),
      },
    );
    await expect(all).rejects.toThrow(/^first$/);
    expect(seen).toEqual(["ran 1", "ran 3"]);
  });

  it("resolves at once when there is nothing to run", async () => {
    await runGraph([], { run: () => expect.unreachable("no node"), skip: () => undefined });
  });

  it("leaves what waits for a resting node as it is", async () => {
    const seen: number[] = [];
    await runGraph([{ waitsFor: [] }, { waitsFor: [0] }, { waitsFor: [] }], {
      run: async (index) => {
        seen.push(index);
        return index === 0 ? "resting" : "good";
      },
      skip: () => expect.unreachable("nothing fails here"),
    });
    expect(seen).toEqual([0, 2]);
  });
});
