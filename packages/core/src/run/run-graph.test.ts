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
            return true;
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
            return good[index] ?? false;
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

  it("keeps to the concurrency limit and uses all of it", async () => {
    const nodes = Array.from({ length: 12 }, () => ({ waitsFor: [] }));
    let running = 0;
    let most = 0;
    const queued: number[] = [];
    await runGraph(nodes, {
      concurrency: 3,
      onReady: (index, mustWait) => {
        if (mustWait) queued.push(index);
        return undefined;
      },
      skip: () => undefined,
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return true;
      },
    });
    expect(most).toBe(3);
    expect(queued).toHaveLength(9);
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
        return true;
      },
    });
    expect(started).toEqual([0, 1, 2]);
    release();
    await all;
  });
});
