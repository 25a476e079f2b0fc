import { GenblazeError } from "@genblaze/core";
import { readAll, type Storage } from "@genblaze/core/storage";
import { describe, expect, it } from "vitest";

export interface StorageContractOptions {
  readonly name: string;
  /** A storage with nothing in it. */
  create(): Promise<Storage> | Storage;
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function* chunks(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

async function textOf(storage: Storage, key: string): Promise<string> {
  return new TextDecoder().decode(await readAll(await storage.get(key)));
}

async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const stored of storage.list(prefix)) keys.push(stored.key);
  return keys;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  return GenblazeError.isInstance(thrown) ? thrown.code : String(thrown);
}

/** The suite that every storage backend must pass. */
export function describeStorageContract({ name, create }: StorageContractOptions): void {
  describe(`${name} keeps the storage contract`, () => {
    describeReadingAndWriting(create);
    describeKeys(create);
    describeFailures(create);
    describeConditionalPuts(create);
  });
}

function describeReadingAndWriting(create: StorageContractOptions["create"]): void {
  it("gives back what was put, as bytes or as a stream", async () => {
    const storage = await create();
    const stored = await storage.put("a/b.txt", bytes("whole"), { mediaType: "text/plain" });
    expect(stored).toEqual({ key: "a/b.txt", sizeBytes: 5, mediaType: "text/plain" });
    await storage.put("a/c.txt", chunks("in ", "", "pieces"));
    expect(await textOf(storage, "a/b.txt")).toBe("whole");
    expect(await textOf(storage, "a/c.txt")).toBe("in pieces");
    expect((await storage.head("a/c.txt"))?.sizeBytes).toBe(9);
  });

  it("keeps its own copy of the bytes", async () => {
    const storage = await create();
    const mine = bytes("before");
    await storage.put("k", mine);
    mine.fill(0);
    expect(await textOf(storage, "k")).toBe("before");
    (await readAll(await storage.get("k"))).fill(0);
    expect(await textOf(storage, "k")).toBe("before");
  });

  it("holds empty objects", async () => {
    const storage = await create();
    await storage.put("empty", new Uint8Array());
    expect(await textOf(storage, "empty")).toBe("");
    expect((await storage.head("empty"))?.sizeBytes).toBe(0);
  });

  it("replaces an object with a later put", async () => {
    const storage = await create();
    await storage.put("k", bytes("one, longer"));
    await storage.put("k", bytes("two"));
    expect(await textOf(storage, "k")).toBe("two");
  });
}

function describeKeys(create: StorageContractOptions["create"]): void {
  it("says that nothing is there", async () => {
    const storage = await create();
    expect(await storage.head("nothing")).toBeUndefined();
    expect(await codeOf(storage.get("nothing"))).toBe("STORAGE_NOT_FOUND");
    expect(await keysOf(storage, "")).toEqual([]);
  });

  it("lists by prefix in code point order", async () => {
    const storage = await create();
    for (const key of ["b", "a/2", "a/10", "a/é", "a/\uffff", "a/\u{1f600}", "ab"]) await storage.put(key, bytes(key));
    expect(await keysOf(storage, "a/")).toEqual(["a/10", "a/2", "a/é", "a/\uffff", "a/\u{1f600}"]);
    expect(await keysOf(storage, "a")).toHaveLength(6);
  });

  it("deletes, and does not mind when there is nothing to delete", async () => {
    const storage = await create();
    await storage.put("k", bytes("x"));
    await storage.delete("k");
    await storage.delete("k");
    expect(await storage.head("k")).toBeUndefined();
  });

  it("refuses keys that would leave their place", async () => {
    const storage = await create();
    for (const key of ["", "/a", "a//b", "../a", "a/../b", ".", "a/.", "a\\b", "a\0b", "x".repeat(1025)]) {
      expect(await codeOf(storage.put(key, bytes("x"))), JSON.stringify(key)).toBe("STORAGE_KEY_INVALID");
    }
    expect(await keysOf(storage, "")).toEqual([]);
  });

  it("finds the key behind its durable URLs, and only behind its own", async () => {
    const storage = await create();
    for (const key of ["a/b.png", "ü/日本 x+y&z#1?.png", "a%20b"]) {
      const url = storage.durableUrl(key);
      expect(new URL(url).href).toBe(url);
      expect(storage.keyFromUrl(url)).toBe(key);
    }
    expect(storage.keyFromUrl("https://elsewhere.example/a/b.png")).toBeUndefined();
    const strangers = ["not a url", "", "file://host/x", "file:///%", "memory:///%", "file:///a%2Fb", "urn:sha256:00"];
    for (const url of strangers) expect(storage.keyFromUrl(url), url).toBeUndefined();
  });
}

function describeFailures(create: StorageContractOptions["create"]): void {
  it("leaves nothing behind when the stream fails or the signal aborts", async () => {
    const storage = await create();
    async function* broken(): AsyncIterable<Uint8Array> {
      yield bytes("half");
      throw new GenblazeError("SERVER_ERROR", "the source broke");
    }
    expect(await codeOf(storage.put("k", broken()))).toBe("SERVER_ERROR");
    const controller = new AbortController();
    async function* aborting(): AsyncIterable<Uint8Array> {
      yield bytes("half");
      controller.abort(new GenblazeError("CANCELLED", "enough"));
      yield bytes("rest");
    }
    expect(await codeOf(storage.put("k", aborting(), { signal: controller.signal }))).toBe("CANCELLED");
    expect(await storage.head("k")).toBeUndefined();
    expect(await keysOf(storage, "")).toEqual([]);
  });

  it("ends as CANCELLED when the signal has aborted, also with a reason that is no error of ours", async () => {
    const storage = await create();
    await storage.put("k", bytes("x"));
    const signal = AbortSignal.abort();
    const reading = storage.get("k", { signal }).then(readAll);
    expect(await codeOf(reading)).toBe("CANCELLED");
    expect(await codeOf(storage.put("k2", bytes("x"), { signal }))).toBe("CANCELLED");
    expect(await codeOf(storage.delete("k", { signal }))).toBe("CANCELLED");
    expect(await storage.head("k2")).toBeUndefined();
  });

  it("keeps the old object when a replacement fails", async () => {
    const storage = await create();
    await storage.put("k", bytes("old"));
    const failing = storage.put("k", chunks("new"), {
      signal: AbortSignal.abort(new GenblazeError("CANCELLED", "no")),
    });
    expect(await codeOf(failing)).toBe("CANCELLED");
    expect(await textOf(storage, "k")).toBe("old");
  });

  it("takes many puts at once, of the same key too", async () => {
    const storage = await create();
    await Promise.all(Array.from({ length: 20 }, (_, index) => storage.put(`many/${index % 10}`, bytes("same"))));
    expect(await keysOf(storage, "many/")).toHaveLength(10);
    expect(await textOf(storage, "many/3")).toBe("same");
  });
}

function describeConditionalPuts(create: StorageContractOptions["create"]): void {
  it("puts with ifAbsent where there is nothing, and keeps what is there otherwise", async () => {
    const storage = await create();
    const stored = await storage.put("a/k", bytes("first"), { ifAbsent: true, mediaType: "text/plain" });
    expect(stored).toEqual({ key: "a/k", sizeBytes: 5, mediaType: "text/plain" });
    expect(await codeOf(storage.put("a/k", chunks("sec", "ond"), { ifAbsent: true }))).toBe("STORAGE_CONFLICT");
    expect(await textOf(storage, "a/k")).toBe("first");
    expect(await keysOf(storage, "")).toEqual(["a/k"]);
    await storage.put("a/k", bytes("third"), { ifAbsent: false });
    await storage.delete("a/k");
    await storage.put("a/k", bytes("fourth"), { ifAbsent: true });
    expect(await textOf(storage, "a/k")).toBe("fourth");
  });

  it("lets exactly one through of many that put with ifAbsent at once", async () => {
    const storage = await create();
    const words = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
    const codes = await Promise.all(words.map((word) => codeOf(storage.put("k", chunks(word), { ifAbsent: true }))));
    expect(codes.filter((code) => code === "STORAGE_CONFLICT")).toHaveLength(19);
    const winner = codes.findIndex((code) => code !== "STORAGE_CONFLICT");
    expect(await textOf(storage, "k")).toBe(words[winner]);
    expect(await keysOf(storage, "")).toEqual(["k"]);
  });
}
