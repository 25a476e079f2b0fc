import type { Download } from "../download/download.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset } from "../manifest/model.js";
import type { StepData } from "../pipeline/definition.js";
import type { StepSources } from "./find-sources.js";
import { importProvider, modalityOf } from "./import-provider.js";
import type { NotReplayed } from "./replay-facts.js";
import { freeName } from "./step-names.js";

const IMPORT_MODEL = "recorded-input";

/** A recorded asset that a replay fetches again. */
export interface ImportedAsset {
  readonly step: string;
  readonly asset: Asset;
}

/** A leading step for every asset that came from outside; one that several steps took is brought in once. */
export function rebuildImports(sources: readonly StepSources[], names: readonly string[]): readonly ImportedAsset[] {
  const assets = sources.flatMap((each) =>
    each.sources.flatMap((source) => (source.kind === "asset" ? [source.asset] : [])),
  );
  const byId = new Map(assets.map((asset) => [asset.assetId, asset]));
  const taken = new Set(["input", ...names]);
  return [...byId.values()].map((asset, index) => ({ step: freeName(`input-${index + 1}`, taken), asset }));
}

/** The step that brings an asset in. */
export function importStep({ step, asset }: ImportedAsset, fetchInput: Download): StepData {
  const provider = importProvider([asset], modalityOf(asset.mediaType), fetchInput);
  return { provider, name: step, model: IMPORT_MODEL, type: "import" };
}

/** What of a fetched asset a replay cannot promise. */
export function importNotes({ step, asset }: ImportedAsset, hasOwnFetch: boolean): readonly NotReplayed[] {
  const { sha256, mediaType } = asset;
  const isText = modalityOf(mediaType) === "text";
  const notes: [string, string | undefined][] = [
    ["sha256", isSha256(sha256) ? undefined : "None was recorded, so that whatever is at its address now is taken."],
    [
      "bytes",
      hasAddress(asset, hasOwnFetch) ? undefined : "They were never stored. Give option fetchInput the way to them.",
    ],
    ["media type", isText && mediaType !== "text/plain" ? `${mediaType} becomes text/plain.` : undefined],
  ];
  return notes.flatMap(([what, why]) => (why === undefined ? [] : [{ step, what, why }]));
}

/** Whether the bytes of an asset can be asked for. A `urn:sha256:` names bytes and no place. */
export function hasAddress({ url }: Asset, hasOwnFetch: boolean): boolean {
  return hasOwnFetch || !url.startsWith("urn:");
}
