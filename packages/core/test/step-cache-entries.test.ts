import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storageCache } from "../src/cache/storage-cache.js";
import { sha256OfBytes } from "../src/json/sha256-of-bytes.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { readAll } from "../src/storage/read-all.js";
import type { Storage } from "../src/storage/storage.js";
import { keyOf, made, objectsOf } from "./cache-support.js";
import { createFakeClock } from "./support.js";
import { rejection } from "./thrown.js";

const key = keyOf("a");
const entryKey = `steps/${key}.json`;
const assetKey = `assets/${sha256OfBytes(new TextEncoder().encode("bytes"))}`;
const encode = (text: string) => new TextEncoder().encode(text);

/** A storage in which one result is stored: the bytes of "bytes". */
async function stored() {
  const storage = memoryStorage();
  const cache = storageCache(storage, { prefix: "" });
  const { output, read } = made("bytes");
  await cache.put(key, output, read);
  return { storage, cache };
}

async function textOf(storage: Storage, name: string): Promise<string> {
  return new TextDecoder().decode(await readAll(await storage.get(name)));
}

describe("the objects of a cache", () => {
  it("are one entry per result and the bytes under their hash", async () => {
    const { storage } = await stored();
    expect(Object.keys(await objectsOf(storage))).toEqual([assetKey, entryKey]);
    expect(JSON.parse(await textOf(storage, entryKey))).toMatchObject({
      version: 1,
      key,
      result: { modelVersion: "v2", assets: [{ sha256: assetKey.slice(7), sizeBytes: 5, mediaType: "video/mp4" }] },
    });
    expect(await textOf(storage, entryKey)).not.toMatch(/assetId|url/);
    expect(await textOf(storage, assetKey)).toBe("bytes");
  });

  it("share the bytes of equal assets, which go with the last result that uses them", async () => {
    const { storage, cache } = await stored();
    const shared = made("bytes", "more");
    await cache.put(keyOf("b"), shared.output, shared.read);
    expect(Object.keys(await objectsOf(storage))).toHaveLength(4);
    const other = made("other");
    await cache.put(key, other.output, other.read);
    expect(await objectsOf(storage)).toHaveProperty([assetKey], 5);
    await cache.put(keyOf("b"), other.output, other.read);
    expect(Object.keys(await objectsOf(storage))).toHaveLength(3);
    expect(await objectsOf(storage)).not.toHaveProperty([assetKey]);
  });

  it("lie in a folder of their own, and nothing else there or elsewhere is removed", async () => {
    const storage = memoryStorage();
    const mine = ["assets/ab/photo.png", "genblaze-cache/assets/photo.png", "genblaze-cache/notes.txt", entryKey];
    for (const name of mine) await storage.put(name, new Uint8Array(5000));
    const cache = storageCache(storage, { maxBytes: 4000 });
    for (const digit of "0123") {
      const { output, read } = made(new Uint8Array(2000).fill(Number(digit)));
      expect(await cache.put(keyOf(digit), output, read)).toBe("stored");
    }
    expect(cache.stats()).toMatchObject({ stored: 4, evicted: 3 });
    await cache.clear();
    expect(Object.keys(await objectsOf(storage))).toEqual([...mine].sort());
  });
});

type Entry = { [name: string]: unknown; result: { assets: [Record<string, unknown>] } };

const damages: readonly { readonly name: string; damage(entry: Entry): unknown }[] = [
  { name: "of another version", damage: (entry) => ({ ...entry, version: 2 }) },
  { name: "of another key", damage: (entry) => ({ ...entry, key: keyOf("b") }) },
  { name: "with a field more", damage: (entry) => ({ ...entry, extra: 1 }) },
  { name: "without a field", damage: ({ result: _, ...entry }) => entry },
  { name: "stored at no time", damage: (entry) => ({ ...entry, storedAt: "now" }) },
  { name: "stored at an impossible time", damage: (entry) => ({ ...entry, storedAt: 1e300 }) },
  { name: "with assets that are no list", damage: (entry) => ({ ...entry, result: { ...entry.result, assets: {} } }) },
  {
    name: "with a payload that is no object",
    damage: (entry) => ({ ...entry, result: { ...entry.result, payload: [] } }),
  },
  { name: "that is a list", damage: (entry) => [entry] },
  { name: "that is null", damage: () => null },
  ...Object.entries({
    "a path as its hash": { sha256: "../../secret" },
    "a hash in capitals": { sha256: "A".repeat(64) },
    "the hash of bytes that are not there": { sha256: "0".repeat(64) },
    "a huge size": { sizeBytes: 1e15 },
    "another size": { sizeBytes: 4 },
    "a larger size": { sizeBytes: 6 },
    "a negative size": { sizeBytes: -1 },
    "half a byte": { sizeBytes: 4.5 },
    "a url": { url: "file:///etc/passwd" },
    "no media type": { mediaType: "nothing" },
    "a width of 0": { width: 0 },
    "a text as its height": { height: "360" },
    "a negative duration": { duration: -1 },
    "a word that ends before it begins": {
      audio: {
        sampleRate: null,
        channels: null,
        codec: null,
        bitrate: null,
        wordTimings: [{ word: "sea", start: 2, end: 1, confidence: null }],
      },
    },
    "metadata that is a text": { metadata: "calm" },
  }).map(([name, fields]) => ({
    name: `whose asset has ${name}`,
    damage: (entry: Entry) => ({
      ...entry,
      result: { ...entry.result, assets: [{ ...entry.result.assets[0], ...fields }] },
    }),
  })),
];

describe("an entry that is not whole", () => {
  it.each(damages)("is a miss and is removed: one $name", async ({ damage }) => {
    const { storage, cache } = await stored();
    const entry: Entry = JSON.parse(await textOf(storage, entryKey));
    await storage.put(entryKey, encode(JSON.stringify(damage(entry))));
    expect(await cache.get(key)).toBeUndefined();
    expect(cache.stats()).toEqual({ hits: 0, misses: 1, stored: 1, evicted: 0, broken: 1 });
    expect(await storage.head(entryKey)).toBeUndefined();
  });

  it("is a miss with a time limit when it says that it was stored far in the future", async () => {
    const { storage } = await stored();
    const clock = createFakeClock();
    const entry: Entry = JSON.parse(await textOf(storage, entryKey));
    const cache = storageCache(storage, { prefix: "", ttlMs: 1000, clock });
    await storage.put(entryKey, encode(JSON.stringify({ ...entry, storedAt: clock.now() + 999 })));
    expect(await cache.get(key)).toBeDefined();
    await storage.put(entryKey, encode(JSON.stringify({ ...entry, storedAt: clock.now() + 1000 })));
    expect(await cache.get(key)).toBeUndefined();
    expect(cache.stats()).toMatchObject({ evicted: 1, broken: 0 });
  });

  it("is a miss wherever it is cut off", async () => {
    const { storage, cache } = await stored();
    const whole = encode(await textOf(storage, entryKey));
    for (let length = 0; length < whole.length; length += 1) {
      await storage.put(entryKey, whole.subarray(0, length));
      expect(await cache.get(key)).toBeUndefined();
    }
    expect(cache.stats().broken).toBe(whole.length);
  });

  it("is a miss with bytes that are no UTF-8, a deep nest, a key __proto__, or more bytes than an entry has", async () => {
    const { storage, cache } = await stored();
    const whole = await textOf(storage, entryKey);
    const deep = whole.replace('"payload":{', `"payload":{"deep":${"[".repeat(5000)}${"]".repeat(5000)},`);
    const files = [
      new Uint8Array([0xff, 0xfe, 0x00]),
      encode(deep),
      encode(whole.replace('{"version"', '{"__proto__":{},"version"')),
      encode(whole + " ".repeat(17 * 1024 * 1024)),
    ];
    for (const file of files) {
      await storage.put(entryKey, file);
      expect(await cache.get(key)).toBeUndefined();
      expect(await storage.head(entryKey)).toBeUndefined();
    }
    expect(cache.stats().broken).toBe(files.length);
  });

  it("is never a hit with other bytes, whichever byte of it was changed", async () => {
    const { storage, cache } = await stored();
    const whole = encode(await textOf(storage, entryKey));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (index, change) => {
        await storage.put(assetKey, encode("bytes"));
        await storage.put(
          entryKey,
          whole.map((byte, at) => (at === index ? byte ^ change : byte)),
        );
        const hit = await cache.get(key);
        const [asset] = hit?.result.assets ?? [];
        if (hit !== undefined && asset !== undefined) expect(await hit.read(asset)).toEqual(encode("bytes"));
      }),
    );
  });
});

describe("an entry whose bytes are not those that were stored", () => {
  it.each([
    ["other bytes", "bites"],
    ["fewer bytes", "byte"],
    ["more bytes", "bytes and more"],
    ["no bytes", ""],
  ])("is a miss, and the damaged bytes do not stand in the way of the next put: %s", async (_, damaged) => {
    const { storage, cache } = await stored();
    await storage.put(assetKey, encode(damaged));
    expect(await cache.get(key)).toBeUndefined();
    expect(cache.stats()).toMatchObject({ misses: 1, broken: 1 });
    expect(await objectsOf(storage)).toEqual({});
    const { output, read } = made("bytes");
    await cache.put(key, output, read);
    expect(await cache.get(key)).toBeDefined();
  });

  it("is a miss when they are gone", async () => {
    const { storage, cache } = await stored();
    await storage.delete(assetKey);
    expect(await cache.get(key)).toBeUndefined();
    expect(await objectsOf(storage)).toEqual({});
  });

  it("does not take the good bytes of other entries with it", async () => {
    const { storage, cache } = await stored();
    const { output, read } = made("bytes");
    await cache.put(keyOf("b"), output, read);
    await storage.put(entryKey, encode((await textOf(storage, entryKey)).replace('"sizeBytes":5', '"sizeBytes":4')));
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.get(keyOf("b"))).toBeDefined();
  });
});

describe("results that are stored while others are taken out", () => {
  it("stay, when the damaged entry that they replace is found at the same time", async () => {
    const { storage } = await stored();
    const calm = storageCache(storage, { prefix: "" });
    const other = made("other");
    let isReplaced = false;
    const cache = storageCache(
      {
        ...storage,
        async get(name, options) {
          if (name !== assetKey || isReplaced) return storage.get(name, options);
          isReplaced = true;
          await calm.put(key, other.output, other.read);
          return storage.get(`assets/${"0".repeat(64)}`);
        },
      },
      { prefix: "" },
    );
    expect(await cache.get(key)).toBeUndefined();
    expect(cache.stats().broken).toBe(1);
    expect(await cache.get(key)).toBeDefined();
  });

  it("keep the bytes that they share with a result that goes", async () => {
    const { storage, cache } = await stored();
    const slow = made("bytes", "slow");
    const { promise: isReading, resolve: reading } = deferred();
    const { promise: mayGoOn, resolve: goOn } = deferred();
    const storing = cache.put(keyOf("b"), slow.output, async (asset) => {
      if (asset.assetId === "asset-1") {
        reading();
        await mayGoOn;
      }
      return slow.read(asset);
    });
    await isReading;
    const other = made("other");
    await cache.put(key, other.output, other.read);
    goOn();
    expect(await storing).toBe("stored");
    expect(await cache.get(keyOf("b"))).toBeDefined();
    expect(await objectsOf(storage)).toHaveProperty([assetKey], 5);
  });

  function deferred(): { readonly promise: Promise<void>; resolve(): void } {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    return { promise, resolve: () => resolve() };
  }
});

describe("a failing storage", () => {
  const failing = (...methods: readonly (keyof Storage)[]): Storage => ({
    ...memoryStorage(),
    ...Object.fromEntries(
      methods.map((method) => [
        method,
        async () => {
          throw new Error("disk on fire");
        },
      ]),
    ),
  });

  it("fails get and put with an error that says so, and counts nothing", async () => {
    const { output, read } = made("bytes");
    const unreadable = storageCache(failing("get"));
    const unwritable = storageCache(failing("put"));
    const error = await rejection(unreadable.get(key));
    expect(error.code).toBe("CACHE_FAILED");
    expect(error.message).toContain("could not read");
    expect(error.message).toContain("disk on fire");
    expect((await rejection(unwritable.put(key, output, read))).message).toContain("could not write an asset");
    expect(unreadable.stats()).toEqual({ hits: 0, misses: 0, stored: 0, evicted: 0, broken: 0 });
    expect(unwritable.stats()).toEqual({ hits: 0, misses: 0, stored: 0, evicted: 0, broken: 0 });
  });

  it("does not lose a hit, or fail a miss, because it cannot tidy up", async () => {
    const { storage } = await stored();
    const stuck: Storage = { ...storage, put: failing("put").put, delete: failing("delete").delete };
    expect(await storageCache(stuck, { prefix: "", maxBytes: 1000 }).get(key)).toBeDefined();
    await storage.delete(assetKey);
    expect(await storageCache(stuck, { prefix: "" }).get(key)).toBeUndefined();
  });
});

describe("the size of a cache", () => {
  const operation = fc.record({
    digit: fc.constantFrom(..."0123456789"),
    sizes: fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 3 }),
    isGet: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: 3 }),
  });

  it("is never above maxBytes after a put, and a hit always has its bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), fc.integer({ min: 1000, max: 9000 }), run),
    );
  });

  async function run(operations: readonly (typeof operation extends fc.Arbitrary<infer T> ? T : never)[], max: number) {
    const clock = createFakeClock();
    const storage = memoryStorage();
    const cache = storageCache(storage, { prefix: "", maxBytes: max, clock });
    for (const { digit, sizes, isGet, waitMs } of operations) {
      const { output, read } = made(...sizes.map((size) => new Uint8Array(size).fill(size)));
      if (isGet) {
        const hit = await cache.get(keyOf(digit));
        for (const asset of hit?.result.assets ?? []) {
          expect(sha256OfBytes((await hit?.read(asset)) ?? new Uint8Array())).toBe(asset.sha256);
        }
      } else if ((await cache.put(keyOf(digit), output, read)) === "stored") {
        expect(await cache.get(keyOf(digit))).toBeDefined();
      }
      expect(await sizeOf(storage)).toBeLessThanOrEqual(max);
      await clock.advance(waitMs);
    }
    expect(cache.stats().broken).toBe(0);
  }

  const sizeOf = async (storage: Storage) =>
    Object.values(await objectsOf(storage)).reduce((sum, size) => sum + size, 0);

  it("counts what another cache stored there", async () => {
    const storage = memoryStorage();
    const [left, right] = [0, 1].map(() => storageCache(storage, { prefix: "", maxBytes: 20_000 }));
    for (const [index, cache] of [left, right, right, right, right, right, right, left].entries()) {
      const { output, read } = made(new Uint8Array(2000).fill(index));
      await cache?.put(keyOf(String(index)), output, read);
    }
    expect(await sizeOf(storage)).toBeLessThanOrEqual(20_000);
  });

  it("counts what failed puts left behind", async () => {
    const storage = memoryStorage();
    let isFull = false;
    const filling: Storage = {
      ...storage,
      async put(name, body, options) {
        if (isFull && name.startsWith("steps/")) throw new Error("disk full");
        return storage.put(name, body, options);
      },
    };
    const cache = storageCache(filling, { prefix: "", maxBytes: 20_000 });
    for (const [index, digit] of Array.from("0123456789").entries()) {
      isFull = index > 0 && index < 9;
      const { output, read } = made(new Uint8Array(isFull ? 3000 : 10).fill(index));
      const outcome = await cache.put(keyOf(digit), output, read).catch(() => "failed");
      expect(outcome).toBe(isFull ? "failed" : "stored");
    }
    expect(await sizeOf(storage)).toBeLessThanOrEqual(20_000);
  });

  it("is not above maxBytes when many results were stored at once", async () => {
    const storage = memoryStorage();
    const cache = storageCache(storage, { prefix: "", maxBytes: 10_000 });
    const all = Array.from("0123456789abcdef", (digit, index) => ({
      digit,
      ...made(new Uint8Array(2000).fill(index), "shared"),
    }));
    await Promise.all(all.map(({ digit, output, read }) => cache.put(keyOf(digit), output, read)));
    expect(await sizeOf(storage)).toBeLessThanOrEqual(10_000);
    const hits = await Promise.all(all.map(({ digit }) => cache.get(keyOf(digit))));
    expect(hits.filter((hit) => hit !== undefined).length).toBeGreaterThan(0);
    expect(cache.stats()).toMatchObject({ stored: 16, broken: 0 });
  });
});
