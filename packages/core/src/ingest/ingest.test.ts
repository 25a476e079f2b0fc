import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { rejection } from "../../test/thrown.js";
import { fileLedger } from "../batch/file-ledger.js";
import { memoryLedger } from "../batch/ledger.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import {
  bytesAsset,
  type ExternalAsset,
  fileAsset,
  outputAsset,
  storedAsset,
  urlAsset,
} from "../pipeline/external-asset.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { createRuntime } from "../run/runtime.js";
import { createSigningKey } from "../signature/sign-manifest.js";
import { verifySignature } from "../signature/verify-signature.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import { readAll } from "../storage/read-all.js";
import { ingest } from "./ingest.js";

const text = (words: string) => new TextEncoder().encode(words);
const image = (words: string) => bytesAsset(text(words), "image/png");
const clock = createFakeClock();
const runtime = createRuntime({ clock });
const source = "camera";

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
});

async function newFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-ingest-"));
  folders.push(path);
  return path;
}

/** Counts how often a file is read. */
function counted(asset: ExternalAsset): { readonly asset: ExternalAsset; readonly reads: () => number } {
  let reads = 0;
  const load = async (signal: AbortSignal) => {
    reads += 1;
    return asset.load(signal);
  };
  return { asset: { ...asset, load }, reads: () => reads };
}

describe("ingest", () => {
  it("makes a succeeded step without a provider of each file", async () => {
    const { run, manifest, assets, stored, failed, knownBefore } = await ingest([image("a")], {
      source,
      sourceMetadata: { device: "x100", source: "overruled" },
      name: "holiday",
      tenantId: "acme",
      projectId: "boats",
      parentRunIds: ["first", "second"],
      stepType: "import",
      runtime,
    });
    expect(run).toMatchObject({
      name: "holiday",
      tenantId: "acme",
      projectId: "boats",
      status: "completed",
      parentRunId: "first",
      createdAt: "2026-01-15T12:00:00Z",
      metadata: { parent_run_ids: ["first", "second"] },
    });
    expect(run.steps).toMatchObject([
      {
        provider: null,
        model: "camera",
        stepType: "import",
        modality: "image",
        status: "succeeded",
        metadata: { device: "x100", source: "camera" },
        assets,
      },
    ]);
    expect(assets).toMatchObject([
      {
        mediaType: "image/png",
        // SHA-256 of "a".
        sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        sizeBytes: 1,
        url: "urn:sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      },
    ]);
    expect([stored, failed, knownBefore]).toEqual([undefined, [], 0]);
    expect(parseManifest(manifest.toCanonicalJson()).verify()).toBe(true);
  });

  it("tells modalities by media types", async () => {
    const types = ["video/mp4", "audio/mpeg", "text/plain", "image/png", "application/pdf"];
    const { run } = await ingest(
      types.map((type) => bytesAsset(text(type), type)),
      { source },
    );
    const modalities = Object.fromEntries(run.steps.map(({ modality, assets }) => [assets[0]?.mediaType, modality]));
    expect(modalities).toEqual({
      "video/mp4": "video",
      "audio/mpeg": "audio",
      "text/plain": "text",
      "image/png": "image",
      "application/pdf": "image",
    });
  });

  it("has the same hash in whatever order the files come", async () => {
    const files = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 4 }), async (all, concurrency) => {
        const hashes = new Set<string>();
        for (const order of [all, all.toReversed(), all.toSorted()]) {
          const { manifest } = await ingest(order.map(image), { source, concurrency });
          hashes.add(manifest.canonicalHash);
        }
        expect(hashes.size).toBe(1);
      }),
    );
  });

  it("writes files and manifest into a sink, which has their lasting addresses", async () => {
    const folder = await newFolder();
    const path = join(folder, "boat.png");
    await writeFile(path, "boat");
    const storage = memoryStorage();
    const files = [
      fileAsset(path),
      image("a"),
      urlAsset("https://files.example/b.png?token=1", { download: give("b") }),
    ];
    const { run, manifest, stored, assets } = await ingest(files, { source, sink: objectStorageSink(storage) });
    expect(manifest.manifestUri).toBe(stored?.manifestUrl);
    expect(run.steps.flatMap((step) => step.assets)).toEqual(assets);
    const words = await Promise.all(
      assets.map(async ({ url }) =>
        new TextDecoder().decode(await readAll(await storage.get(storage.keyFromUrl(url) ?? ""))),
      ),
    );
    expect(words.toSorted()).toEqual(["a", "b", "boat"]);
    const kept = await readAll(await storage.get(storage.keyFromUrl(stored?.manifestUrl ?? "") ?? ""));
    expect(parseManifest(new TextDecoder().decode(kept)).verify()).toBe(true);
  });

  it("leaves signatures out of addresses", async () => {
    const url = "https://files.example/b.png?X-Amz-Signature=abc&v=2";
    const { assets } = await ingest([urlAsset(url, { download: give("b") })], { source });
    expect(assets[0]?.url).toBe("https://files.example/b.png?v=2");
  });

  it("signs the manifest", async () => {
    const signingKey = await createSigningKey();
    const { manifest } = await ingest([image("a")], { source, signingKey });
    const { d: _, ...publicKey } = signingKey;
    expect((await verifySignature(manifest, { keys: [publicKey] })).verdict).toBe("matches");
    expect((await rejection(ingest([image("a")], { source, signingKey: {} as never }))).code).toBe("KEY_INVALID");
  });

  it("fails before anything is stored when a file cannot be read, and names it", async () => {
    const storage = memoryStorage();
    const files = [image("a"), fileAsset("/nowhere/boat.png")];
    const error = await rejection(ingest(files, { source, sink: objectStorageSink(storage) }));
    expect(error.code).toBe("RUN_FAILED");
    expect(error.message).toBe(
      '1 of 2 files could not be ingested, and nothing was stored.\n"boat.png": The file "boat.png" could not be read (ENOENT). Give fileAsset the path of a readable file.',
    );
    expect(error.details).toEqual({ failed: [1] });
    const kept = [];
    for await (const object of storage.list("")) kept.push(object);
    expect(kept).toEqual([]);
  });

  it("ingests the others where some may fail, and fails when all do", async () => {
    const files = [fileAsset("/nowhere/boat.png"), image("a"), bytesAsset(text("b"), "no type")];
    const { assets, failed } = await ingest(files, { source, throwOnFailure: false });
    expect(assets.length).toBe(1);
    expect(failed.map(({ index, label, error }) => [index, label, error.code])).toEqual([
      [0, "boat.png", "INPUT_INVALID"],
      [2, "unnamed file of 1 byte", "MANIFEST_INVALID"],
    ]);
    const none = ingest(files.slice(0, 1), { source, throwOnFailure: false });
    expect((await rejection(none)).code).toBe("RUN_FAILED");
  });

  it("does not read again what its ledger knows, and has it in the manifest all the same", async () => {
    const path = join(await newFolder(), "ledger.jsonl");
    const storage = memoryStorage();
    const sink = objectStorageSink(storage);
    const files = ["a", "b"].map((key) => ({ key, ...counted(image(key)) }));
    const entries = files.map(({ key, asset }) => ({ key, asset }));
    const first = await ingest(entries, { source, sink, ledger: fileLedger(path) });
    // Once for the hash, once for the sink.
    expect([first.knownBefore, files.map(({ reads }) => reads())]).toEqual([0, [2, 2]]);
    const added = [...entries, { key: "c", asset: image("c") }];
    const second = await ingest(added, { source, sink, ledger: fileLedger(path) });
    expect([second.knownBefore, files.map(({ reads }) => reads())]).toEqual([2, [2, 2]]);
    expect(second.assets.length).toBe(3);
    const again = await ingest(entries, { source, ledger: fileLedger(path) });
    expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
    expect(again.assets.map(({ url }) => url).toSorted()).toEqual(first.assets.map(({ url }) => url).toSorted());
  });

  it("keeps what was read when another file fails, for the next time", async () => {
    const ledger = memoryLedger();
    const good = counted(image("a"));
    const entries = [
      { key: "a", asset: good.asset },
      { key: "b", asset: fileAsset("/nowhere/b.png") },
    ];
    await rejection(ingest(entries, { source, ledger }));
    const { knownBefore } = await ingest(entries.slice(0, 1), { source, ledger });
    expect([knownBefore, good.reads()]).toEqual([1, 1]);
  });

  it("reads files without a key, and outputs of runs, each time", async () => {
    const ledger = memoryLedger();
    const painter = scriptedProvider({ yields: "image" });
    const made = await new Pipeline("p").step(painter, { name: "frame", model: "m" }).run();
    const known = made.step("frame").assets[0];
    const entries = [{ key: "frame", asset: outputAsset(made.step("frame")) }, image("a")];
    await ingest(entries, { source, ledger });
    const { knownBefore, assets } = await ingest(entries, { source, ledger });
    expect(knownBefore).toBe(0);
    expect(assets).toContainEqual(known);
  });

  it("refuses to store a file that has changed since it was read", async () => {
    const path = join(await newFolder(), "boat.png");
    await writeFile(path, "boat");
    const storage = memoryStorage();
    const sink = objectStorageSink(storage);
    const changing = {
      name: "changing",
      write: async (...[input, options]: Parameters<typeof sink.write>) => {
        await writeFile(path, "ship");
        return sink.write(input, options);
      },
    };
    const error = await rejection(ingest([fileAsset(path)], { source, sink: changing }));
    expect(error.code).toBe("SINK_FAILED");
    expect(error.message).toContain("other bytes than when it was read");
  });

  it("takes files from a storage and from an iterable that gives them one by one", async () => {
    const storage = memoryStorage();
    await storage.put("clips/a.mp4", text("a"), { mediaType: "video/mp4" });
    await storage.put("clips/b.mp4", text("b"), { mediaType: "video/mp4" });
    async function* clips() {
      for await (const { key } of storage.list("clips/")) yield storedAsset(storage, key);
    }
    const { assets } = await ingest(clips(), { source });
    expect(assets.map(({ url }) => storage.keyFromUrl(url)).toSorted()).toEqual(["clips/a.mp4", "clips/b.mp4"]);
  });

  it("ends when it is cancelled", async () => {
    const control = new AbortController();
    const hanging: ExternalAsset = {
      ...image("a"),
      load: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          control.abort();
        }),
    };
    expect((await rejection(ingest([hanging], { source, signal: control.signal }))).code).toBe("CANCELLED");
    expect((await rejection(ingest([image("a")], { source, signal: control.signal }))).code).toBe("CANCELLED");
  });

  it("refuses wrong options, wrong files and no files", async () => {
    const codes = await Promise.all(
      [
        ingest([], { source }),
        ingest(["boat.png"] as never, { source }),
        ingest("boat.png" as never, { source }),
        ingest([image("a")], {} as never),
        ingest([image("a")], { source: "" }),
        ingest([image("a")], { source, stepType: "generate" as never }),
        ingest([image("a")], { source, concurrency: 0 }),
      ].map(rejection),
    );
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(["INVALID_OPTION"]));
  });
});

function give(words: string) {
  return async () =>
    (async function* () {
      yield text(words);
    })();
}
