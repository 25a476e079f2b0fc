import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GenblazeError } from "../src/errors/genblaze-error.js";
import { Manifest } from "../src/manifest/manifest.js";
import type { Asset, Run } from "../src/manifest/model.js";
import { parseManifest } from "../src/manifest/parse-manifest.js";
import { memoryStorage } from "../src/storage/memory-storage.js";
import { objectStorageSink } from "../src/storage/object-storage-sink.js";
import { readAll } from "../src/storage/read-all.js";
import type { SinkInput } from "../src/storage/sink.js";
import type { Storage } from "../src/storage/storage.js";

interface GoldenCall {
  readonly op: "put" | "exists";
  readonly key: string;
  readonly content_type?: string;
  readonly extra_args?: { readonly CacheControl: string };
}

interface GoldenWrite {
  readonly id: string;
  readonly options: { readonly key_strategy?: string; readonly prefix?: string };
  readonly manifest_before: string;
  readonly log: readonly GoldenCall[];
  readonly manifest_uri: string | null;
  readonly stored_manifest?: string;
}

const rows = readFileSync(new URL("golden/sink_writes.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): GoldenWrite => JSON.parse(line));

const files: Readonly<Record<string, string>> = {
  "file:///srcfiles/f0.PNG": "file-0",
  "file:///srcfiles/dup.png": "file-0",
  "file:///srcfiles/noext": "noext",
};

// Python asks the file's name for the media type and finds none; ours knows the asset's own, and adds ".png".
const extensionFromMediaType = ["noext-hierarchical", "noext-content_addressable"];

function bytesOf({ url }: Asset): Uint8Array | undefined {
  const words = files[url];
  return words === undefined ? undefined : new TextEncoder().encode(words);
}

/** The run as our runner hands it over: it has seen the bytes, so it knows their hash and size. */
function inputOf(manifestBefore: string): SinkInput {
  const { run } = parseManifest(manifestBefore);
  const seen = (asset: Asset): Asset => {
    const bytes = bytesOf(asset);
    if (bytes === undefined) return asset;
    return { ...asset, sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.byteLength };
  };
  const steps = run.steps.map((step) => ({ ...step, assets: step.assets.map(seen) }));
  const known: Run = { ...run, steps };
  const read = async (asset: Asset) => bytesOf(asset) ?? new Uint8Array();
  return { run: known, manifest: Manifest.fromRun(known), has: (asset) => bytesOf(asset) !== undefined, read };
}

function recording(log: GoldenCall[]): Storage {
  const storage = memoryStorage();
  return {
    ...storage,
    durableUrl: (key) => `https://files.example.com/bucket/${key}`,
    keyFromUrl: () => undefined,
    put: async (key, body, options) => {
      const { mediaType = "", cacheControl = "" } = options ?? {};
      log.push({ op: "put", key, content_type: mediaType, extra_args: { CacheControl: cacheControl } });
      return storage.put(key, body, options);
    },
    head: async (key, options) => {
      log.push({ op: "exists", key });
      return storage.head(key, options);
    },
  };
}

describe("objectStorageSink writes what the Python library writes", () => {
  it.each(rows.map((row) => [row.id, row] as const))("%s", async (id, row) => {
    const log: GoldenCall[] = [];
    const storage = recording(log);
    const layout = row.options.key_strategy === "hierarchical" ? "by-run" : "content-addressed";
    const sink = objectStorageSink(storage, { layout, prefix: row.options.prefix ?? "genblaze", concurrency: 1 });
    const written = await sink.write(inputOf(row.manifest_before)).catch((error: unknown) => error);
    const calls = log.map(({ op, key }) => ({ op, key }));
    // The last call of a good row is the first one of a second write, which finds the manifest there.
    const isGood = row.stored_manifest !== undefined;
    const expected = isGood ? row.log.slice(0, -1) : row.log;
    if (extensionFromMediaType.includes(id)) {
      const withExtension = (key: string) => (key.endsWith(".json") ? key : `${key}.png`);
      expect(calls).toEqual(expected.map(({ op, key }) => ({ op, key: withExtension(key) })));
      return;
    }
    expect(calls).toEqual(expected.map(({ op, key }) => ({ op, key })));
    expect(log.filter(({ op }) => op === "put").map((call) => [call.content_type, call.extra_args])).toEqual(
      expected.filter(({ op }) => op === "put").map((call) => [call.content_type, call.extra_args]),
    );
    if (!isGood) {
      expect(GenblazeError.isInstance(written) && written.code).toBe("SINK_FAILED");
      return;
    }
    expect(written).toMatchObject({ manifestUrl: row.manifest_uri });
    const manifestKey = expected.at(-1)?.key ?? "";
    expect(new TextDecoder().decode(await readAll(await storage.get(manifestKey)))).toBe(row.stored_manifest);
  });

  it("has all seven rows", () => {
    expect(rows).toHaveLength(7);
  });
});
