import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Download } from "../download/download.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { countOf } from "../internal/count-of.js";
import { mediaTypeOfName } from "../internal/media-types.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { stripAssetUrlCredentials } from "../manifest/asset-url.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import { readAll } from "../storage/read-all.js";
import type { Storage } from "../storage/storage.js";

const marker: unique symbol = Symbol.for("genblaze.external-asset");

/** What an external asset gives when a step needs it. */
export interface LoadedAsset {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Where it can be had again; a name made of its hash when nothing is known. */
  readonly url: string | undefined;
  /** Facts of an asset that a manifest knew already. */
  readonly known: Asset | undefined;
}

/** A file that no step of the pipeline made, as an input. */
export interface ExternalAsset {
  readonly [marker]: true;
  /** How plans and errors call it; no folder of this machine, no signature of a URL. */
  readonly label: string;
  /** What it is, where that is known before it is read. */
  readonly mediaType: string | undefined;
  load(signal: AbortSignal): Promise<LoadedAsset>;
}

/** What is known of a file from outside. */
export interface ExternalAssetOptions {
  /** Its media type. @default what the extension of its name stands for */
  readonly mediaType?: string;
}

export interface UrlAssetOptions extends ExternalAssetOptions {
  /** Its SHA-256 in lower-case hex; other bytes are refused. @default whatever is there is taken */
  readonly sha256?: string;
  /** Fetches it. @default `guardedDownload()`: https, public addresses only */
  readonly download?: Download;
}

/**
 * A file of this machine as a step's input. It is read when the step runs; INPUT_INVALID when it is not there.
 *
 * @example
 * .step(video, { model: "image-to-video", inputs: { firstFrame: fileAsset("photo.png") } })
 */
export function fileAsset(path: string, options: ExternalAssetOptions = {}): ExternalAsset {
  const name = basename(assertText(path, "fileAsset(path)"));
  const mediaType = options.mediaType ?? mediaTypeOfName(name);
  return external(name, mediaType, async (signal) => ({
    bytes: await readFileBytes(path, name, signal),
    mediaType: requireMediaType(name, mediaType),
    url: undefined,
    known: undefined,
  }));
}

/** Bytes at hand as a step's input. */
export function bytesAsset(bytes: Uint8Array, mediaType: string): ExternalAsset {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength === 0) {
    const message = `bytesAsset(bytes, mediaType): a Uint8Array with bytes is expected; ${describeValue(bytes)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertText(mediaType, "bytesAsset(bytes, mediaType)");
  return external(`unnamed file of ${countOf(bytes.byteLength, "byte")}`, mediaType, async () => ({
    bytes,
    mediaType,
    url: undefined,
    known: undefined,
  }));
}

/** A file behind a URL as a step's input. It is fetched when the step runs, with the checks of the downloader. */
export function urlAsset(url: string, options: UrlAssetOptions = {}): ExternalAsset {
  const parsed = URL.canParse(assertText(url, "urlAsset(url)")) ? new URL(url) : undefined;
  if (parsed === undefined) {
    throw new GenblazeError(
      "INVALID_OPTION",
      "urlAsset(url): a URL with its scheme is expected; another text was given.",
    );
  }
  const { sha256, download } = options;
  const label = `${parsed.host}${parsed.pathname}`;
  const mediaType = options.mediaType ?? mediaTypeOfName(parsed.pathname);
  return external(label, mediaType, async (signal) => {
    const fetchBytes = download ?? (await import("../download/download.js")).guardedDownload();
    const bytes = await readAll(await fetchBytes(url, { signal }));
    assertHash(label, bytes, sha256);
    // A signature in it would stand in the manifest.
    return { bytes, mediaType: requireMediaType(label, mediaType), url: withoutSecrets(url), known: undefined };
  });
}

/** An object of a storage as a step's input. */
export function storedAsset(storage: Storage, key: string, options: ExternalAssetOptions = {}): ExternalAsset {
  const name = assertText(key, "storedAsset(storage, key)");
  return external(name, options.mediaType ?? mediaTypeOfName(name), async (signal) => {
    const head = await storage.head(key, { signal });
    const mediaType = options.mediaType ?? head?.mediaType ?? mediaTypeOfName(name);
    return {
      bytes: await readAll(await storage.get(key, { signal })),
      mediaType: requireMediaType(name, mediaType),
      url: storage.durableUrl(key),
      known: undefined,
    };
  });
}

/** What {@link outputAsset} takes: a step of an earlier run. */
export interface EarlierStep {
  readonly name: string;
  readonly assets: readonly Asset[];
  bytes(assetIndex?: number): Promise<Uint8Array>;
}

/** An output of an earlier run as a step's input, with all that its manifest knows of it. */
export function outputAsset(step: EarlierStep, index = 0): ExternalAsset {
  const known = step.assets[index];
  if (known === undefined) {
    const message = `outputAsset(step, index): step "${step.name}" has ${step.assets.length} assets, so there is none at ${index}.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  return external(`${step.name}[${index}]`, known.mediaType, async () => ({
    bytes: await step.bytes(index),
    mediaType: known.mediaType,
    url: known.url,
    known,
  }));
}

export function isExternalAsset(value: unknown): value is ExternalAsset {
  return typeof value === "object" && value !== null && marker in value;
}

function withoutSecrets(url: string): string {
  return /^https?:/i.test(url) ? stripAssetUrlCredentials(url) : url;
}

function external(label: string, mediaType: string | undefined, load: ExternalAsset["load"]): ExternalAsset {
  return Object.freeze({
    [marker]: true as const,
    label,
    mediaType,
    async load(signal: AbortSignal) {
      throwIfAborted(signal);
      return load(signal);
    },
  });
}

async function readFileBytes(path: string, name: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      return new Uint8Array(await file.readFile({ signal }));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throwIfAborted(signal);
    // The system's own message shows the folder.
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new GenblazeError(
      "INPUT_INVALID",
      `The file "${name}" could not be read (${code}). Give fileAsset the path of a readable file.`,
    );
  }
}

function assertHash(label: string, bytes: Uint8Array, expected: string | undefined): void {
  if (expected === undefined) return;
  if (isSha256(expected) && sha256OfBytes(bytes) === expected) return;
  const message = `Other bytes are at ${label} than those of the SHA-256 that was given. Leave \`sha256\` out to take what is there.`;
  throw new GenblazeError("INPUT_INVALID", message);
}

function requireMediaType(label: string, mediaType: string | undefined): string {
  if (mediaType !== undefined) return mediaType;
  throw new GenblazeError("INPUT_INVALID", `What "${label}" is cannot be told by its name. Give option mediaType.`);
}

function assertText(value: unknown, where: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new GenblazeError("INVALID_OPTION", `${where}: a text is expected; ${describeValue(value)} was given.`);
}
