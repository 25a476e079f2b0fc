import pLimit from "p-limit";
import { z } from "zod";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import type { Asset, Run } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { assertTenant, assetKey, guessExtension, joinKey, type KeyLayout, manifestKey } from "./keys.js";
import type { Sink, SinkInput } from "./sink.js";
import type { Storage } from "./storage.js";

export interface ObjectStorageSinkOptions {
  /** @default "content-addressed" */
  readonly layout?: KeyLayout;
  /** Folder of everything this sink writes. @default "genblaze" */
  readonly prefix?: string;
  /** How many assets are written at the same time. @default 4 */
  readonly concurrency?: number;
}

const sinkOptions = z.strictObject({
  layout: z.enum(["content-addressed", "by-run"], `"content-addressed" or "by-run" is expected`).optional(),
  prefix: z.string("a folder is expected").optional(),
  concurrency: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
});

interface Place {
  readonly layout: KeyLayout;
  readonly prefix: string;
  readonly cacheControl: string;
}

const cacheControls: Readonly<Record<KeyLayout, string>> = {
  "content-addressed": "public, max-age=31536000, immutable",
  "by-run": "private, max-age=3600",
};

/**
 * Writes finished runs into a storage: the assets first, under the Python library's keys, and the manifest with
 * their durable URLs last, so that a manifest in the storage means that all its assets are there. What is there
 * already is not written again. SINK_FAILED names the asset that could not be written.
 */
export function objectStorageSink(storage: Storage, options: ObjectStorageSinkOptions = {}): Sink {
  assertStorage(storage);
  const checked = checkOptions(sinkOptions, options, "objectStorageSink(storage, options)");
  const { layout = "content-addressed", prefix = "genblaze", concurrency = 4 } = checked;
  const place: Place = { layout, prefix, cacheControl: cacheControls[layout] };
  return {
    name: `object-storage:${storage.name}`,
    async write(input, { signal } = {}) {
      throwIfAborted(signal);
      assertTenant(input.run.tenantId ?? "");
      const urls = await writeAssets(storage, place, input, concurrency, signal);
      const run = withUrls(input.run, urls);
      const manifest = input.manifest.withRun(run);
      const key = manifestKey({ ...place, runId: run.runId, tenantId: run.tenantId, createdAt: run.createdAt });
      await putOnce(
        storage,
        key,
        new TextEncoder().encode(manifest.toCanonicalJson()),
        "application/json",
        place,
        signal,
      );
      const manifestUrl = storage.durableUrl(key);
      return { run, manifest: manifest.withManifestUri(manifestUrl), manifestUrl, assetUrls: Object.fromEntries(urls) };
    },
  };
}

function assertStorage(storage: unknown): void {
  const methods = ["put", "head", "durableUrl", "keyFromUrl"];
  const isObject = typeof storage === "object" && storage !== null;
  if (isObject && methods.every((method) => typeof Reflect.get(storage, method) === "function")) return;
  const message = `objectStorageSink(storage): a storage like folder("out") is expected; ${describeValue(storage)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

async function writeAssets(
  storage: Storage,
  place: Place,
  input: SinkInput,
  concurrency: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const limit = pLimit(concurrency);
  const urls = new Map<string, string>();
  const outputs = input.run.steps.flatMap((step) => step.assets);
  await Promise.all(
    outputs.map((asset) =>
      limit(async () => urls.set(asset.assetId, await writeAsset(storage, place, input, asset, signal))),
    ),
  );
  return urls;
}

async function writeAsset(
  storage: Storage,
  place: Place,
  input: SinkInput,
  asset: Asset,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (asset.sha256 !== null && storage.keyFromUrl(asset.url) !== undefined) return asset.url;
  if (asset.sha256 === null || !input.has(asset)) {
    throw failed(asset, "its provider gave only a URL, and its bytes are not in the run");
  }
  const { run } = input;
  const isByRun = place.layout === "by-run";
  const key = assetKey({
    layout: place.layout,
    prefix: joinKey(place.prefix, [isByRun ? "runs" : "assets"]),
    sha256: asset.sha256,
    assetId: asset.assetId,
    extension: guessExtension(asset.url, asset.mediaType),
    tenantId: run.tenantId,
    date: run.createdAt.slice(0, 10),
    runId: run.runId,
  });
  try {
    const bytes = await input.read(asset, signal);
    if (isByRun) await storage.put(key, bytes, putOptions(asset.mediaType, place, signal));
    else await putOnce(storage, key, bytes, asset.mediaType, place, signal);
  } catch (error) {
    throwIfAborted(signal);
    throw failed(asset, errorFromUnknown(error, "the storage refused").message, error);
  }
  return storage.durableUrl(key);
}

async function putOnce(
  storage: Storage,
  key: string,
  bytes: Uint8Array,
  mediaType: string,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const existing = await storage.head(key, signal === undefined ? {} : { signal });
  if (existing === undefined) await storage.put(key, bytes, putOptions(mediaType, place, signal));
}

function putOptions(mediaType: string, { cacheControl }: Place, signal: AbortSignal | undefined) {
  return { mediaType, cacheControl, ...(signal === undefined ? {} : { signal }) };
}

// Inputs are earlier steps' outputs under the same ids, so they get the same lasting URLs.
function withUrls(run: Run, urls: ReadonlyMap<string, string>): Run {
  const lasting = (asset: Asset): Asset => ({ ...asset, url: urls.get(asset.assetId) ?? asset.url });
  const steps = run.steps.map((step) => ({
    ...step,
    assets: step.assets.map(lasting),
    inputs: step.inputs.map(lasting),
  }));
  return { ...run, steps };
}

function failed(asset: Asset, why: string, cause?: unknown): GenblazeError {
  return new GenblazeError(
    "SINK_FAILED",
    `Asset ${asset.assetId} (${asset.mediaType}) was not stored: ${why}. The manifest was not written.`,
    {
      cause,
      isRetryable: GenblazeError.isInstance(cause) && cause.isRetryable,
      details: { assetId: asset.assetId },
    },
  );
}
