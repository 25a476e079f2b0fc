import type { Download } from "../download/download.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset, Modality, Step, WholeNumber } from "../manifest/model.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { OutputAsset, ProviderOutput } from "../provider/provider.js";
import { readAll } from "../storage/read-all.js";

/** Who brings recorded files into a run. */
const IMPORT_PROVIDER = "genblaze";

/** A run keeps assets whole; larger ones need their size in the manifest. */
const MAX_BYTES_OF_UNKNOWN_SIZE = 1024 ** 3;

/**
 * A provider that gives recorded assets again: their bytes, fetched and compared with the recorded SHA-256. It fails
 * with OUTPUT_INVALID for other bytes, and as `fetchInput` fails.
 */
export function importProvider(assets: readonly Asset[], yields: Modality, fetchInput: Download): AnyProvider {
  const unproven = assets.filter(({ sha256 }) => !isSha256(sha256));
  const warnings = unproven.map(({ assetId }) => ({
    option: "inputs",
    message: `Asset ${assetId} has no recorded SHA-256, so whatever is at its address is taken.`,
  }));
  return {
    name: IMPORT_PROVIDER,
    yields,
    accepts: [],
    models: {},
    prepare: () => ({ body: undefined, warnings }),
    async submit(_, { signal }) {
      const outputs: OutputAsset[] = [];
      for (const asset of assets) outputs.push(toOutput(asset, await fetchAsset(asset, fetchInput, signal)));
      return { status: "done", output: yields === "text" ? toText(assets, outputs) : { assets: outputs } };
    },
  };
}

/** Whether a step brought files in from outside, with no provider of the user's. */
export function isImport({ provider, stepType }: Step): boolean {
  return provider === null || (provider === IMPORT_PROVIDER && (stepType === "import" || stepType === "ingest"));
}

/** The modality of a file by its media type, as the Python library tells it. */
export function modalityOf(mediaType: string): Modality {
  const [family] = mediaType.toLowerCase().split("/");
  return family === "video" || family === "audio" || family === "text" ? family : "image";
}

async function fetchAsset(asset: Asset, fetchInput: Download, signal: AbortSignal): Promise<Uint8Array> {
  const maxBytes = asset.sizeBytes === null ? MAX_BYTES_OF_UNKNOWN_SIZE : Number(asset.sizeBytes);
  const chunks = await fetchInput(asset.url, { signal });
  const bytes = await readAll(limited(asset, chunks, maxBytes, signal));
  if (isSha256(asset.sha256) && sha256OfBytes(bytes) !== asset.sha256) throw otherBytes(asset);
  return bytes;
}

async function* limited(
  asset: Asset,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    throwIfAborted(signal);
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw otherBytes(asset);
    yield chunk;
  }
}

function toText(assets: readonly Asset[], outputs: readonly OutputAsset[]): ProviderOutput {
  const [output] = outputs;
  if (output === undefined || !("bytes" in output)) return {};
  try {
    // A byte order mark is part of what was hashed.
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(output.bytes) };
  } catch (cause) {
    const message = `Recorded asset ${assets[0]?.assetId} is no UTF-8 text, though its step gave text. Leave that step out.`;
    throw new GenblazeError("OUTPUT_INVALID", message, { cause });
  }
}

function toOutput(asset: Asset, bytes: Uint8Array): OutputAsset {
  const { mediaType, width, height, duration, video, audio, tracks, metadata } = asset;
  return {
    mediaType,
    bytes,
    metadata,
    ...number("width", width),
    ...number("height", height),
    ...(duration === null ? {} : { durationSeconds: duration }),
    ...(video === null ? {} : { video }),
    ...(audio === null ? {} : { audio }),
    ...(tracks === null ? {} : { tracks }),
  };
}

function number<Name extends string>(name: Name, value: WholeNumber | null): { readonly [K in Name]?: number } {
  // The computed key is the name that the type says.
  return (value === null ? {} : { [name]: Number(value) }) as { readonly [K in Name]?: number };
}

function otherBytes({ assetId, mediaType }: Asset): GenblazeError {
  const message = `Recorded asset ${assetId} (${mediaType}) was not taken: other bytes are at its address now. Give option fetchInput the way to the recorded ones.`;
  return new GenblazeError("OUTPUT_INVALID", message, { details: { assetId } });
}
