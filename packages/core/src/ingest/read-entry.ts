import type { LedgerSession } from "../batch/ledger.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { assetSchema } from "../manifest/asset-schema.js";
import { stripAssetUrlCredentials } from "../manifest/asset-url.js";
import { createAsset } from "../manifest/create-model.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset } from "../manifest/model.js";
import { readModel } from "../manifest/model-type.js";
import { readContext } from "../manifest/wire-type.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";

/** A file to ingest, and what a ledger knows it by. */
export interface IngestEntry {
  readonly asset: ExternalAsset;
  /**
   * Names this content of this file: a path with its size and time of change, a storage key with its version. A file
   * that changes under the same key is not read again; outputs of earlier runs always are. @default it is read each time
   */
  readonly key?: string | undefined;
}

/** A file whose facts are known. */
export interface ReadEntry {
  readonly asset: Asset;
  readonly external: ExternalAsset;
  readonly key: string | undefined;
  /** Whether the ledger knew it, so that it was not read. */
  readonly wasKnown: boolean;
}

/** What reading takes from outside. */
export interface ReadContext {
  readonly session: LedgerSession | undefined;
  readonly createId: () => string;
  readonly signal: AbortSignal;
}

// A ledger may hold the items of a batch too.
const keyPrefix = "ingest:";

/** The facts of a file: what the ledger knows, or what its bytes are. Fails as reading fails; MANIFEST_INVALID for facts that no manifest holds. */
export async function readEntry({ asset: external, key }: IngestEntry, context: ReadContext): Promise<ReadEntry> {
  const known = key === undefined ? undefined : knownAsset(await context.session?.get(keyPrefix + key), context);
  if (known !== undefined) return { asset: known, external, key, wasKnown: true };
  return { external, wasKnown: false, ...(await readAsset({ asset: external, key }, context)) };
}

/** Writes the facts of a file into the ledger, with its lasting address when it has one by now. */
export async function rememberEntry(session: LedgerSession | undefined, entry: ReadEntry, url: string): Promise<void> {
  const { asset, key } = entry;
  if (key === undefined || asset.sha256 === null) return;
  // The size of bytes that were at hand is no bigint.
  const facts = { sha256: asset.sha256, size_bytes: Number(asset.sizeBytes), media_type: asset.mediaType, url };
  await session?.record(keyPrefix + key, facts);
}

/** The bytes of a file once more, for a sink. INPUT_INVALID when they are others by now. */
export async function readAgain({ asset, external }: ReadEntry, signal: AbortSignal): Promise<Uint8Array> {
  const { bytes } = await external.load(signal);
  if (sha256OfBytes(bytes) === asset.sha256) return bytes;
  const message = `The file "${external.label}" has other bytes than when it was read. Ingest it again, under another key where a ledger knows it.`;
  throw new GenblazeError("INPUT_INVALID", message);
}

async function readAsset(
  { asset: external, key }: IngestEntry,
  { createId, signal }: ReadContext,
): Promise<Pick<ReadEntry, "asset" | "key">> {
  const { bytes, mediaType, url, known } = await external.load(signal);
  const sha256 = sha256OfBytes(bytes);
  const address = url === undefined ? `urn:sha256:${sha256}` : withoutSignature(url);
  const facts = { url: address, mediaType, sha256, sizeBytes: bytes.byteLength };
  if (known === undefined) return { asset: checked(createAsset({ assetId: createId(), ...facts })), key };
  // A ledger keeps less than is known of it, and a manifest from the ledger would have another hash.
  return { asset: checked({ ...known, ...facts }), key: undefined };
}

/** A signature in a URL is for whoever was given it, and not for the readers of a manifest. A storage's own stay. */
function withoutSignature(url: string): string {
  return /^https?:/i.test(url) ? stripAssetUrlCredentials(url) : url;
}

/** Undefined for what was not recorded by `rememberEntry`; the file is then read. */
function knownAsset(facts: JsonObject | undefined, { createId }: ReadContext): Asset | undefined {
  const { sha256, size_bytes: sizeBytes, media_type: mediaType, url } = facts ?? {};
  if (typeof sha256 !== "string" || !isSha256(sha256) || typeof sizeBytes !== "number") return undefined;
  if (typeof mediaType !== "string" || typeof url !== "string") return undefined;
  return checked(createAsset({ assetId: createId(), url, mediaType, sha256, sizeBytes }));
}

/** One bad file shall fail alone, and not the manifest of all. */
function checked(asset: Asset): Asset {
  readModel(assetSchema, asset, readContext("model"));
  return asset;
}
