import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type CacheOptions, folderCache, memoryCache, type StepCache, storageCache } from "../src/cache/index.js";
import { GenblazeError } from "../src/errors/genblaze-error.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { assetOf, keyOf, made } from "./cache-support.js";
import { createFakeClock } from "./support.js";
import { codeOf, rejection } from "./thrown.js";

const madeFolders: string[] = [];

afterAll(async () => {
  await Promise.all(madeFolders.map((path) => rm(path, { recursive: true, force: true })));
});

const backends: readonly { readonly name: string; create(options?: CacheOptions): Promise<StepCache> }[] = [
  { name: "memoryCache", create: async (options) => memoryCache(options) },
  { name: "storageCache", create: async (options) => storageCache(memoryStorage(), options) },
  {
    name: "folderCache",
    create: async (options) => {
      const path = await mkdtemp(join(tmpdir(), "genblaze-cache-"));
      madeFolders.push(path);
      return folderCache(join(path, "made-when-needed"), options);
    },
  },
];

const nothing = { hits: 0, misses: 0, stored: 0, evicted: 0, broken: 0 };
const [a, b, c] = [keyOf("a"), keyOf("b"), keyOf("c")];

async function store(cache: StepCache, key: string, ...contents: readonly (string | Uint8Array)[]) {
  const { output, read } = made(...contents);
  return cache.put(key, output, read);
}

async function textsOf(cache: StepCache, key: string): Promise<readonly string[] | undefined> {
  const hit = await cache.get(key);
  return hit && Promise.all(hit.result.assets.map(async (asset) => new TextDecoder().decode(await hit.read(asset))));
}

describe.each(backends)("$name keeps the contract of a step cache", ({ create }) => {
  it("misses what was never stored", async () => {
    const cache = await create();
    expect(await cache.get(a)).toBeUndefined();
    expect(cache.stats()).toEqual({ ...nothing, misses: 1 });
  });

  it("gives back the facts and the bytes of a result, without the ids and addresses of the run that made it", async () => {
    const cache = await create();
    const warnings = [{ option: "output", message: "a fact was left out" }];
    const { output, read } = made("one", "two", "one");
    expect(await cache.put(a, { ...output, warnings }, read)).toBe("stored");
    const hit = await cache.get(a);
    const assets = output.assets.map(({ assetId: _, url: __, ...facts }) => facts);
    expect(hit?.result).toEqual({ assets, modelVersion: "v2", payload: { job: "7" }, warnings });
    expect(await textsOf(cache, a)).toEqual(["one", "two", "one"]);
    expect(cache.stats()).toEqual({ ...nothing, hits: 2, stored: 1 });
  });

  it("keeps a result without assets and without a model version", async () => {
    const cache = await create();
    await cache.put(a, { assets: [], modelVersion: undefined, payload: {}, warnings: [] }, made().read);
    expect((await cache.get(a))?.result).toEqual({ assets: [], modelVersion: undefined, payload: {}, warnings: [] });
  });

  it("gives the bytes of its own assets only", async () => {
    const cache = await create();
    await store(cache, a, "mine");
    await store(cache, b, "other");
    const [mine, other] = [await cache.get(a), await cache.get(b)];
    const [asset] = other?.result.assets ?? [];
    if (mine === undefined || asset === undefined) throw new Error("two hits are expected");
    expect((await rejection(mine.read(asset))).code).toBe("INVALID_OPTION");
  });

  it("replaces what was stored under a key", async () => {
    const cache = await create();
    await store(cache, a, "old");
    await store(cache, a, "new");
    expect(await textsOf(cache, a)).toEqual(["new"]);
  });

  it("gives one whole result when a key is stored many times at once", async () => {
    const cache = await create();
    const names = Array.from({ length: 8 }, (_, index) => `result ${index}`);
    await Promise.all(names.map((name) => store(cache, a, name, `${name}, second`)));
    const [first = "", second] = (await textsOf(cache, a)) ?? [];
    expect(names).toContain(first);
    expect(second).toBe(`${first}, second`);
    expect(cache.stats()).toEqual({ ...nothing, hits: 1, stored: 8 });
  });

  it("does not keep a result whose bytes are not at hand, or whose facts are no JSON", async () => {
    const cache = await create();
    const { output, read } = made("known");
    const withAsset = (fields: Parameters<typeof assetOf>[1]) => {
      const asset = assetOf(new TextEncoder().encode("known"), fields);
      return cache.put(a, { ...output, assets: [...output.assets, asset] }, read);
    };
    const absent = async () => {
      throw new GenblazeError("STORAGE_NOT_FOUND", "only its URL is known");
    };
    expect(await withAsset({ sha256: null })).toBe("not-cacheable");
    expect(await withAsset({ sha256: "abc" })).toBe("not-cacheable");
    expect(await withAsset({ sizeBytes: null })).toBe("not-cacheable");
    expect(await withAsset({ width: 9007199254740993n })).toBe("not-cacheable");
    expect(await withAsset({ duration: Number.NaN })).toBe("not-cacheable");
    expect(await cache.put(a, { ...output, payload: { cost: Number.POSITIVE_INFINITY } }, read)).toBe("not-cacheable");
    expect(await cache.put(a, output, absent)).toBe("not-cacheable");
    expect(await cache.get(a)).toBeUndefined();
    expect(cache.stats()).toEqual({ ...nothing, misses: 1 });
  });

  it("refuses to store bytes that are not those of the result", async () => {
    const cache = await create();
    const { output } = made("right");
    const wrong = await rejection(cache.put(a, output, async () => new TextEncoder().encode("wrong")));
    expect(wrong.code).toBe("CACHE_FAILED");
    expect(wrong.message).toContain("not those that the run recorded");
    expect(await cache.get(a)).toBeUndefined();
  });

  it("forgets a result when its time is over, counted from when it was stored", async () => {
    const clock = createFakeClock();
    const cache = await create({ clock, ttlMs: 1000, maxBytes: 1_000_000 });
    await store(cache, a, "short-lived");
    await clock.advance(999);
    expect(await textsOf(cache, a)).toEqual(["short-lived"]);
    await clock.advance(1);
    expect(await cache.get(a)).toBeUndefined();
    expect(cache.stats()).toEqual({ ...nothing, hits: 1, misses: 1, stored: 1, evicted: 1 });
    await store(cache, a, "short-lived");
    expect(await textsOf(cache, a)).toEqual(["short-lived"]);
  });

  it("makes room by taking out what was stored or used the longest time ago", async () => {
    const clock = createFakeClock();
    const cache = await create({ clock, maxBytes: 30_000 });
    for (const key of [a, b]) {
      await store(cache, key, new Uint8Array(10_000).fill(key.charCodeAt(0)));
      await clock.advance(1);
    }
    expect(await cache.get(a)).toBeDefined();
    await clock.advance(1);
    await store(cache, c, new Uint8Array(10_000));
    expect(await cache.get(b)).toBeUndefined();
    expect(await cache.get(a)).toBeDefined();
    expect(await cache.get(c)).toBeDefined();
    expect(cache.stats()).toEqual({ hits: 3, misses: 1, stored: 3, evicted: 1, broken: 0 });
  });

  it("does not take out everything for a result that is too large anyway", async () => {
    const cache = await create({ maxBytes: 5000 });
    await store(cache, a, "small");
    expect(await store(cache, b, new Uint8Array(5000))).toBe("not-cacheable");
    expect(await textsOf(cache, a)).toEqual(["small"]);
  });

  it("clears what it has stored", async () => {
    const cache = await create();
    await store(cache, a, "one");
    await cache.clear();
    expect(await cache.get(a)).toBeUndefined();
    await cache.clear();
  });

  it("does nothing for a caller whose signal has aborted", async () => {
    const cache = await create();
    await store(cache, a, "one");
    const signal = AbortSignal.abort();
    const { output, read } = made("two");
    expect((await rejection(cache.get(a, { signal }))).code).toBe("CANCELLED");
    expect((await rejection(cache.put(b, output, read, { signal }))).code).toBe("CANCELLED");
    expect((await rejection(cache.clear({ signal }))).code).toBe("CANCELLED");
    expect(await cache.get(b)).toBeUndefined();
    expect(await textsOf(cache, a)).toEqual(["one"]);
  });

  it.each(["", "A".repeat(64), "a".repeat(63), `../${"a".repeat(61)}`])("refuses the key %j", async (key) => {
    const cache = await create();
    const { output, read } = made("one");
    expect((await rejection(cache.get(key))).code).toBe("INVALID_OPTION");
    expect((await rejection(cache.put(key, output, read))).code).toBe("INVALID_OPTION");
  });

  it.each([{ ttlMs: 0 }, { maxBytes: -1 }, { maxBytes: 1.5 }, { clock: {} }, { ttl: 5 }])(
    "refuses the options %j",
    async (options) => {
      // Options as a caller without types gives them.
      const error = await rejection(create(options as CacheOptions));
      expect(error.code).toBe("INVALID_OPTION");
    },
  );
});

describe("two caches on one folder", () => {
  it("share their results, and store one key at the same time without tearing it", async () => {
    const path = await mkdtemp(join(tmpdir(), "genblaze-cache-"));
    madeFolders.push(path);
    const [left, right] = [folderCache(path), folderCache(path)];
    await Promise.all([store(left, a, "left"), store(right, a, "right"), store(left, b, "of left")]);
    expect(await textsOf(right, b)).toEqual(["of left"]);
    expect([["left"], ["right"]]).toContainEqual(await textsOf(left, a));
    expect(await textsOf(right, a)).toEqual(await textsOf(left, a));
    expect(left.stats().broken + right.stats().broken).toBe(0);
  });
});

describe("storageCache", () => {
  it("refuses what is no storage, and a prefix that is no folder", () => {
    // @ts-expect-error a path is no storage
    expect(codeOf(() => storageCache("out"))).toBe("INVALID_OPTION");
    expect(codeOf(() => storageCache(memoryStorage(), { prefix: "../up" }))).toBe("STORAGE_KEY_INVALID");
    expect(codeOf(() => folderCache(""))).toBe("INVALID_OPTION");
  });
});
