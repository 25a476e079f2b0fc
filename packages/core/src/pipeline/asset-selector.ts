import type { Asset, Modality } from "../manifest/model.js";

/** Which assets of a step another one takes: `clip`, `clip.video`, `frame[0]`, `clip.audio[1]`. */
export interface AssetSelector {
  /** The step's name, or `input` for what the pipeline itself was given. */
  readonly name: string;
  /** Only assets of this kind. */
  readonly modality: Modality | undefined;
  /** Only assets of this role, of those that the pipeline was given. */
  readonly role: string | undefined;
  /** Only the one at this place, from 0, of those that are left. */
  readonly index: number | undefined;
}

const modalities: ReadonlySet<string> = new Set(["image", "video", "audio", "text"] satisfies Modality[]);

/**
 * Reads a selector. `isName` tells which texts are names as they stand, so that a name with a dot in it needs no
 * escape; undefined for a text that is neither a name nor a selector of one.
 */
export function parseSelector(text: string, isName: (name: string) => boolean): AssetSelector | undefined {
  if (isName(text)) return { name: text, modality: undefined, role: undefined, index: undefined };
  const [, before = "", digits] = /^(.+)\[(\d{1,6})\]$/.exec(text) ?? [];
  const index = digits === undefined ? undefined : Number(digits);
  const rest = digits === undefined ? text : before;
  if (isName(rest)) return { name: rest, modality: undefined, role: undefined, index };
  const dot = rest.lastIndexOf(".");
  const [name, part] = [rest.slice(0, dot), rest.slice(dot + 1)];
  if (dot < 1 || !isName(name)) return undefined;
  if (isModality(part)) return { name, modality: part, role: undefined, index };
  return name === "input" ? { name, modality: undefined, role: part, index } : undefined;
}

/** The assets of a list that a selector names. */
export function selectAssets<T extends { readonly asset: Asset; readonly role: string | undefined }>(
  { modality, role, index }: AssetSelector,
  assets: readonly T[],
): readonly T[] {
  const fitting = assets.filter(
    (each) =>
      (modality === undefined || modalityOfMediaType(each.asset.mediaType) === modality) &&
      (role === undefined || each.role === role),
  );
  return index === undefined ? fitting : fitting.slice(index, index + 1);
}

/** What a media type is of; undefined when that cannot be told. */
export function modalityOfMediaType(mediaType: string): Modality | undefined {
  const [family = ""] = mediaType.toLowerCase().split("/");
  if (isModality(family)) return family;
  return /^application\/(?:[\w.-]+\+)?json$/.test(mediaType.toLowerCase()) ? "text" : undefined;
}

function isModality(text: string): text is Modality {
  return modalities.has(text);
}
