import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../fakes/src/fake-clock.js";
import { folder } from "../../src/storage/folder-storage.js";
import { memoryStorage } from "../../src/storage/memory-storage.js";
import { readAll } from "../../src/storage/read-all.js";
import type { Storage } from "../../src/storage/storage.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import { workflowStore } from "../../src/workflow/workflow-store.js";
import { codeOf, rejection } from "../thrown.js";
import { film, poster } from "./workflow-support.js";

const made: string[] = [];

afterAll(async () => {
  await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
});

async function madeFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-workflows-"));
  made.push(path);
  return path;
}

const [a, b, c] = [poster("a"), poster("b"), poster("c")];
const words = (text: string) => new TextEncoder().encode(text);

async function storeWith(storage: Storage = memoryStorage()) {
  const clock = createFakeClock();
  const store = workflowStore(storage, { clock });
  for (const each of [a, b, c]) await store.save(each);
  return { store, clock, storage };
}

async function keysOf(storage: Storage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list("")) keys.push(key);
  return keys;
}

describe("workflowStore", () => {
  it("says of an id that was never saved what to do, and quotes what is no id", async () => {
    const { store } = await storeWith();
    const unknown = "0".repeat(64);
    const message = `Workflow "poster" has no version ${unknown} in this store. Save it first: store.save(workflow); store.versions("poster") gives those that are there.`;
    for (const call of [store.get("poster", unknown), store.setLabel("poster", "production", unknown)]) {
      expect(await rejection(call)).toMatchObject({ code: "STORAGE_NOT_FOUND", message });
    }
    expect((await rejection(store.get("poster", "latest"))).message).toBe(
      'workflowStore(storage): the id of a version is 64 lower-case hexadecimal digits; "latest" was given. Take the one of save(workflow), or of versions(name).',
    );
  });

  it("keeps each version once, under its id", async () => {
    const storage = memoryStorage();
    const store = workflowStore(storage, { prefix: "team/flows" });
    expect(await store.save(a)).toEqual({ id: a.id, isNew: true });
    expect(await store.save(a)).toEqual({ id: a.id, isNew: false });
    await store.save(b);
    expect(await store.get("poster", a.id)).toEqual(a);
    expect(await store.versions("poster")).toEqual([a.id, b.id].sort());
    expect(await store.versions("other")).toEqual([]);
    expect(await keysOf(storage)).toContain(`team/flows/poster/versions/${a.id}.json`);
    expect((await rejection(store.get("poster", c.id))).code).toBe("STORAGE_NOT_FOUND");
  });

  it("keeps a pipeline with a step of every kind", async () => {
    const store = workflowStore(folder(await madeFolder()));
    const workflow = toWorkflow(film());
    await store.save(workflow);
    expect(await store.get("film", workflow.id)).toEqual(workflow);
  });

  it("keeps workflows of any name apart, in places of their own", async () => {
    const storage = memoryStorage();
    const store = workflowStore(storage);
    const names = ["a/b", "a", "..", ".", "a%2fb", "é", "CON:", "ü b ", "日本", "workflows"];
    const workflows = names.map((name) => toWorkflow(definitionNamed(name)));
    for (const each of workflows) await store.save(each);
    for (const [index, name] of names.entries()) {
      expect(await store.versions(name)).toEqual([workflows[index]?.id]);
    }
    expect(await keysOf(storage)).toContain(`workflows/%2e%2e/versions/${workflows[2]?.id}.json`);
    expect((await rejection(store.versions("x".repeat(300)))).code).toBe("INVALID_OPTION");
  });

  it("refuses labels and ids that cannot be parts of keys, and options that do not fit", async () => {
    const { store } = await storeWith();
    for (const label of ["", "Prod", "a/b", "..", "-a", "a.", "x".repeat(65)]) {
      expect((await rejection(store.label("poster", label))).code, label).toBe("INVALID_OPTION");
    }
    expect((await rejection(store.get("poster", "../x"))).code).toBe("INVALID_OPTION");
    expect((await rejection(store.setLabel("poster", "production", a.id, { expected: "x" }))).code).toBe(
      "INVALID_OPTION",
    );
    expect((await rejection(store.rollback("poster", "production", { steps: 0 }))).code).toBe("INVALID_OPTION");
    expect(codeOf(() => workflowStore({} as never))).toBe("INVALID_OPTION");
  });

  it("says so when a version is damaged, or is another than its place says", async () => {
    const { store, storage } = await storeWith();
    const key = `workflows/poster/versions/${a.id}.json`;
    const other = await readAll(await storage.get(`workflows/poster/versions/${b.id}.json`));
    for (const bytes of [
      words("{"),
      words("{}"),
      words(JSON.stringify({ ...a, name: "x" })),
      other,
      new Uint8Array([0xff]),
    ]) {
      await storage.put(key, bytes);
      const error = await rejection(store.get("poster", a.id));
      expect([error.code, error.isRetryable]).toEqual(["STORAGE_FAILED", false]);
      expect((await rejection(store.save(a))).code).toBe("STORAGE_FAILED");
      expect((await rejection(store.setLabel("poster", "production", a.id))).code).toBe("STORAGE_FAILED");
    }
  });

  it("ends with the caller's signal", async () => {
    const { store } = await storeWith();
    const signal = AbortSignal.abort();
    const calls = [
      store.save(a, { signal }),
      store.get("poster", a.id, { signal }),
      store.versions("poster", { signal }),
      store.label("poster", "production", { signal }),
      store.setLabel("poster", "production", a.id, { signal }),
      store.history("poster", "production", { signal }),
      store.rollback("poster", "production", { signal }),
    ];
    for (const call of calls) expect((await rejection(call)).code).toBe("CANCELLED");
  });
});

describe("labels", () => {
  it("move, and keep every move with its time, its author and its note", async () => {
    const { store, clock, storage } = await storeWith();
    expect(await store.label("poster", "production")).toBeUndefined();
    await store.setLabel("poster", "production", a.id, { by: "mara", note: "first" });
    await clock.advance(1_000);
    await store.setLabel("poster", "production", b.id);
    expect(await store.history("poster", "production")).toEqual([
      { number: 1, id: a.id, at: "2026-01-15T12:00:00.000Z", by: "mara", note: "first" },
      { number: 2, id: b.id, at: "2026-01-15T12:00:01.000Z" },
    ]);
    expect(await store.label("poster", "production")).toEqual({ number: 2, id: b.id, at: "2026-01-15T12:00:01.000Z" });
    expect(await keysOf(storage)).toContain("workflows/poster/labels/production/00000002.json");
    expect(await store.label("poster", "candidate")).toBeUndefined();
  });

  it("write nothing when they stand there already", async () => {
    const { store } = await storeWith();
    const first = await store.setLabel("poster", "production", a.id);
    expect(await store.setLabel("poster", "production", a.id, { note: "again" })).toEqual(first);
    expect(await store.history("poster", "production")).toHaveLength(1);
  });

  it("are put on saved versions only", async () => {
    const { store } = await storeWith();
    const error = await rejection(store.setLabel("poster", "production", poster("unsaved").id));
    expect(error.code).toBe("STORAGE_NOT_FOUND");
    expect(await store.history("poster", "production")).toEqual([]);
  });

  it("are moved from where they were expected to stand, or not at all", async () => {
    const { store } = await storeWith();
    await store.setLabel("poster", "production", a.id, { expected: null, by: "mara" });
    const again = await rejection(store.setLabel("poster", "production", b.id, { expected: null }));
    expect(again.code).toBe("STORAGE_CONFLICT");
    expect(again.message).toContain(`stands on ${a.id} now (move 1), put there by mara`);
    expect(again.details).toEqual({ name: "poster", label: "production", id: a.id, number: 1 });
    const other = await rejection(store.setLabel("poster", "production", b.id, { expected: c.id }));
    expect(other.code).toBe("STORAGE_CONFLICT");
    await store.setLabel("poster", "production", b.id, { expected: a.id });
    const none = await rejection(store.setLabel("poster", "candidate", b.id, { expected: a.id }));
    expect(none.message).toContain("was never put");
    expect((await store.history("poster", "production")).map(({ id }) => id)).toEqual([a.id, b.id]);
  });

  it("roll back step by step, and not forth again", async () => {
    const { store } = await storeWith();
    for (const { id } of [a, b, c]) await store.setLabel("poster", "production", id);
    expect(await store.rollback("poster", "production", { note: "too dark" })).toMatchObject({
      number: 4,
      id: b.id,
      restores: 2,
      note: "too dark",
    });
    expect(await store.rollback("poster", "production")).toMatchObject({ number: 5, id: a.id, restores: 1 });
    const error = await rejection(store.rollback("poster", "production"));
    expect([error.code, error.message.includes("cannot go back 1")]).toEqual(["INVALID_OPTION", true]);
    await store.setLabel("poster", "production", c.id);
    expect(await store.rollback("poster", "production")).toMatchObject({ number: 7, id: a.id, restores: 1 });
    const never = await rejection(store.rollback("poster", "never"));
    expect([never.code, never.message]).toEqual([
      "INVALID_OPTION",
      'Label "never" of workflow "poster" was never put, so there is nothing to go back to. Put it there with setLabel("poster", "never", id), or check its name.',
    ]);
  });

  it("roll back several moves at once", async () => {
    const { store } = await storeWith();
    for (const { id } of [a, b, c]) await store.setLabel("poster", "production", id);
    expect(await store.rollback("poster", "production", { steps: 2 })).toMatchObject({ id: a.id, restores: 1 });
    expect((await rejection(store.rollback("poster", "production", { steps: 3 }))).code).toBe("INVALID_OPTION");
  });

  it("are rolled back once when two do so at once, each from where they saw them", async () => {
    const { store } = await storeWith();
    for (const { id } of [a, b, c]) await store.setLabel("poster", "production", id);
    const rollbacks = [1, 2].map(() => store.rollback("poster", "production", { expected: c.id }));
    const ends = await Promise.allSettled(rollbacks);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await store.label("poster", "production")).toMatchObject({ number: 4, id: b.id });
  });

  it("go back through any history as an editor's undo does", async () => {
    const moves = fc.array(fc.constantFrom("a" as const, "b" as const, "c" as const, "back" as const), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(moves, async (given) => {
        const { store } = await storeWith();
        const stack: string[] = [];
        for (const move of given) {
          const target = move === "back" ? undefined : { a, b, c }[move];
          if (target !== undefined) {
            await store.setLabel("poster", "l", target.id);
            if (stack.at(-1) !== target.id) stack.push(target.id);
          } else if (stack.length > 1) {
            stack.pop();
            await store.rollback("poster", "l");
          } else {
            expect((await rejection(store.rollback("poster", "l"))).code).toBe("INVALID_OPTION");
          }
          expect((await store.label("poster", "l"))?.id).toBe(stack.at(-1));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("say so when an entry is damaged", async () => {
    const { store, storage } = await storeWith();
    await store.setLabel("poster", "production", a.id);
    const key = "workflows/poster/labels/production/00000001.json";
    const entry = { number: 1, id: a.id, at: "2026-01-15T12:00:00.000Z" };
    for (const wrong of [
      "{",
      { ...entry, number: 2 },
      { ...entry, id: "x" },
      { ...entry, extra: 1 },
      { ...entry, at: "now" },
    ]) {
      await storage.put(key, words(typeof wrong === "string" ? wrong : JSON.stringify(wrong)));
      const error = await rejection(store.label("poster", "production"));
      expect([error.code, error.isRetryable]).toEqual(["STORAGE_FAILED", false]);
    }
  });
});

const storages = [
  { name: "memoryStorage", create: async () => shared(memoryStorage()) },
  {
    name: "folder, each writer with its own",
    create: async () => {
      const path = await madeFolder();
      return () => folder(path);
    },
  },
];

function shared(storage: Storage): () => Storage {
  return () => storage;
}

describe.each(storages)("many writers at once, in $name", ({ create }) => {
  const workflows = Array.from({ length: 12 }, (_, index) => poster(`writer ${index}`));

  it("all get their move, one after the other", async () => {
    const open = await create();
    const moves = workflows.map(async (each) => {
      const store = workflowStore(open());
      await store.save(each);
      return store.setLabel("poster", "production", each.id);
    });
    const entries = await Promise.all(moves);
    const history = await workflowStore(open()).history("poster", "production");
    expect(history.map(({ number }) => number)).toEqual(workflows.map((_, index) => index + 1));
    expect(history.map(({ id }) => id).sort()).toEqual(workflows.map(({ id }) => id).sort());
    expect(entries.toSorted((left, right) => left.number - right.number)).toEqual(history);
  });

  it("of which one wins when all expect the same", async () => {
    const open = await create();
    const first = workflowStore(open());
    for (const each of [a, ...workflows]) await first.save(each);
    await first.setLabel("poster", "production", a.id);
    const outcomes = await Promise.all(
      workflows.map(({ id }) =>
        workflowStore(open())
          .setLabel("poster", "production", id, { expected: a.id })
          .then(
            () => "won",
            (error: unknown) => codeOf(() => raise(error)),
          ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "won")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "STORAGE_CONFLICT")).toHaveLength(11);
    expect(await first.history("poster", "production")).toHaveLength(2);
  });

  it("save one version once", async () => {
    const open = await create();
    const saved = await Promise.all(workflows.map(() => workflowStore(open()).save(a)));
    expect(saved.filter(({ isNew }) => isNew)).toHaveLength(1);
  });
});

function raise(error: unknown): never {
  throw error;
}

function definitionNamed(name: string) {
  const { definition } = film();
  return { ...definition, name };
}
