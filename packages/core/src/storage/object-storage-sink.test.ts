import { describe, expect, it } from "vitest";
import { createFakeClock, scriptedAsset, scriptedProvider } from "../../test/support.js";
import { codeOf, messageOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { parseManifest } from "../manifest/parse-manifest.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { RunEvent } from "../run/run-events.js";
import { createRuntime } from "../run/runtime.js";
import { memoryStorage } from "./memory-storage.js";
import { objectStorageSink } from "./object-storage-sink.js";
import { readAll } from "./read-all.js";
import type { Storage } from "./storage.js";

const image = scriptedProvider({
  name: "image",
  yields: "image",
  script: [{ kind: "done", output: { assets: [scriptedAsset("image/png", "same bytes")] } }],
});
const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });
const pipeline = new Pipeline("p", { tenantId: "acme" })
  .step(image, { name: "a", model: "m" })
  .step(image, { name: "b", model: "m" })
  .step(video, { name: "c", model: "m", inputs: ["a"] });

/** A storage that writes down what is done to it, in order. */
function recording(storage: Storage): Storage & { readonly log: string[] } {
  const log: string[] = [];
  return {
    ...storage,
    log,
    put: async (key, body, options) => {
      log.push(`put ${key} ${options?.mediaType} ${options?.cacheControl}`);
      return storage.put(key, body, options);
    },
    head: async (key, options) => {
      log.push(`head ${key}`);
      return storage.head(key, options);
    },
  };
}

function runtime() {
  let ids = 0;
  const createId = () => `00000000-0000-4000-8000-${String(ids++).padStart(12, "0")}`;
  return createRuntime({ createId, clock: createFakeClock() });
}

async function textOf(storage: Storage, key: string): Promise<string> {
  return new TextDecoder().decode(await readAll(await storage.get(key)));
}

describe("objectStorageSink", () => {
  it("writes content once, the manifest last, and URLs that last into the manifest", async () => {
    const storage = recording(memoryStorage());
    const result = await pipeline.run({ sink: objectStorageSink(storage, { concurrency: 1 }), runtime: runtime() });
    const [a, , c] = result.run.steps;
    const [assetA, assetC] = [a?.assets[0], c?.assets[0]];
    const keyOf = (sha256 = "", extension = "") =>
      `genblaze/assets/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}${extension}`;
    const keyA = keyOf(assetA?.sha256 ?? "", ".png");
    const keyC = keyOf(assetC?.sha256 ?? "");
    const manifestKey = `genblaze/manifests/${result.runId}.json`;
    expect(storage.log).toEqual([
      `head ${keyA}`,
      `put ${keyA} image/png public, max-age=31536000, immutable`,
      `head ${keyA}`,
      `head ${keyC}`,
      `put ${keyC} video/x-scripted public, max-age=31536000, immutable`,
      `head ${manifestKey}`,
      `put ${manifestKey} application/json public, max-age=31536000, immutable`,
    ]);
    expect(assetA?.url).toBe(storage.durableUrl(keyA));
    expect(c?.inputs[0]?.url).toBe(assetA?.url);
    expect(result.manifest.manifestUri).toBe(storage.durableUrl(manifestKey));
    const stored = parseManifest(await textOf(storage, manifestKey));
    expect(stored.verify()).toBe(true);
    expect([stored.manifestUri, stored.canonicalHash]).toEqual([null, result.manifest.canonicalHash]);
    expect(result.stored?.assetUrls[assetA?.assetId ?? ""]).toBe(assetA?.url);
  });

  it("puts a run into a folder of its own in the by-run layout", async () => {
    const storage = memoryStorage();
    const sink = objectStorageSink(storage, { layout: "by-run", prefix: "media" });
    const { runId, run } = await pipeline.run({ sink, runtime: runtime() });
    const keys: string[] = [];
    for await (const stored of storage.list("")) keys.push(stored.key);
    const home = `media/runs/acme/2026-01-15/${runId}`;
    const assetIds = run.steps.map((step) => step.assets[0]?.assetId);
    expect(keys).toEqual([
      `${home}/assets/${assetIds[0]}.png`,
      `${home}/assets/${assetIds[1]}.png`,
      `${home}/assets/${assetIds[2]}`,
      `${home}/manifest.json`,
    ]);
  });

  it("leaves the hash as it was: where bytes are kept proves nothing", async () => {
    const bare = await pipeline.run({ runtime: runtime() });
    const stored = await pipeline.run({ runtime: runtime(), sink: objectStorageSink(memoryStorage()) });
    expect(stored.manifest.canonicalHash).toBe(bare.manifest.canonicalHash);
  });

  it("loses nothing when the storage fails: no manifest is written, and the error carries the result", async () => {
    const storage = memoryStorage();
    const failing: Storage = {
      ...storage,
      put: async (key, body, options) => {
        if (options?.mediaType === "video/x-scripted") throw new GenblazeError("STORAGE_FAILED", "disk full");
        return storage.put(key, body, options);
      },
    };
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => events.push(event);
    const error = await rejection(pipeline.run({ sink: objectStorageSink(failing), onEvent }));
    expect(error.code).toBe("SINK_FAILED");
    expect(error.message).toContain("disk full");
    expect(events.at(-1)).toMatchObject({ type: "pipeline.failed", status: "completed" });
    expect(error.result?.status).toBe("completed");
    expect(new TextDecoder().decode(await error.result?.step("c").bytes())).toBe("scripted video of video");
    const rescued = memoryStorage();
    const receipt = await error.result?.store(objectStorageSink(rescued));
    expect(receipt?.manifestUrl).toContain("/manifests/");
    for await (const stored of storage.list("genblaze/manifests")) expect.unreachable(stored.key);
  });

  it("refuses wrong options before anything is spent", () => {
    expect(codeOf(() => objectStorageSink(memoryStorage(), { concurrency: 0 }))).toBe("INVALID_OPTION");
    expect(messageOf(() => objectStorageSink(memoryStorage(), { lay: "by-run" } as never))).toContain('"lay"');
    expect(codeOf(() => new Pipeline("p", { tenantId: "a/../b" }))).toBe("INVALID_OPTION");
  });

  it("refuses an asset that is only known by its URL, by name", async () => {
    const remote = scriptedProvider({
      yields: "image",
      script: [{ kind: "done", output: { assets: [{ mediaType: "image/png", url: "https://vendor.example/x.png" }] } }],
    });
    const run = new Pipeline("p").step(remote, { model: "m" }).run({ sink: objectStorageSink(memoryStorage()) });
    expect((await rejection(run)).message).toContain("gave only a URL");
  });
});
