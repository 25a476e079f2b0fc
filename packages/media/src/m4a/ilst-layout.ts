import type { ByteSource } from "@genblaze/core";
import { fourCharacters, uint32be } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import type { Mp4Box } from "../mp4/mp4-boxes.js";
import { type OwnAtom, readOwnAtom } from "./ilst-atoms.js";
import { type InnerBox, readInnerBoxes, withContentStart } from "./inner-boxes.js";

/** The way from moov to its list of tags. */
export interface IlstLayout {
  /** moov, udta, meta and ilst, as far as they are there; always the first of its kind, as in the Python library. */
  readonly levels: readonly InnerBox[];
  /** Our atoms in ilst, in order. */
  readonly atoms: readonly OwnAtom[];
  readonly hasForeignItems: boolean;
  /** Whether something may be put at the end of the innermost level. */
  readonly isOpenToUs: boolean;
}

/** Most boxes in one level, and most foreign items in ilst, that we look at; real files have a few dozen. */
const MAX_LEVEL_BOXES = 10_000;
const ITEM_LEVEL = "ilst";
/** Version and flags before the boxes of a meta box; QuickTime leaves them out, and so does not fit. */
const FULL_BOX_BYTES = 4;
/** Version, flags and a reserved field stand before the handler type. */
const HANDLER_TYPE_OFFSET = 8;

/** Reads the way to the tags in `moov`. */
export async function readIlstLayout(source: ByteSource, moov: Mp4Box): Promise<IlstLayout> {
  const levels = [withContentStart(moov)];
  let isOpenToUs = true;
  for (const type of ["udta", "meta", ITEM_LEVEL]) {
    const parent = levels.at(-1);
    const contentStart = parent && (await contentOf(source, parent));
    if (parent === undefined || contentStart === undefined) return layoutOf(levels, false);
    const { boxes, isWhole } = await readInnerBoxes(source, contentStart, parent.end, MAX_LEVEL_BOXES);
    // One less than is looked at, since embedding may add one.
    isOpenToUs &&= isWhole && boxes.length < MAX_LEVEL_BOXES;
    if (parent.type === "meta") isOpenToUs &&= await hasTagsHandler(source, boxes);
    const next = boxes.find((box) => box.type === type);
    if (next === undefined) return layoutOf(levels, isOpenToUs);
    levels.push(next);
    if (type === ITEM_LEVEL) return readItems(source, next, levels, isOpenToUs);
  }
  return layoutOf(levels, isOpenToUs);
}

/** Where the boxes in a level begin; undefined for a meta box that is no full box. */
async function contentOf(source: ByteSource, level: InnerBox): Promise<number | undefined> {
  if (level.type !== "meta") return level.contentStart;
  if (level.end - level.contentStart < FULL_BOX_BYTES) return undefined;
  const isFullBox = uint32be.read(await source.read(level.contentStart, FULL_BOX_BYTES), 0) === 0;
  return isFullBox ? level.contentStart + FULL_BOX_BYTES : undefined;
}

/** In the lists of other handlers the type of an item is a key number (QuickTime "mdta"), and ours would be none. */
async function hasTagsHandler(source: ByteSource, boxes: readonly InnerBox[]): Promise<boolean> {
  const handler = boxes.find((box) => box.type === "hdlr");
  if (handler === undefined) return false;
  const start = handler.contentStart + HANDLER_TYPE_OFFSET;
  if (handler.end - start < fourCharacters.length) return false;
  return fourCharacters.read(await source.read(start, fourCharacters.length), 0) === "mdir";
}

async function readItems(
  source: ByteSource,
  list: InnerBox,
  levels: readonly InnerBox[],
  isOpenToUs: boolean,
): Promise<IlstLayout> {
  const { boxes: items, isWhole } = await readInnerBoxes(source, list.contentStart, list.end, 2 * MAX_LEVEL_BOXES + 1);
  const atoms: OwnAtom[] = [];
  for (const [index, item] of items.entries()) {
    const atom = await readOwnAtom(source, item);
    if (atom !== undefined) atoms.push(atom);
    // Each kind has its own limit: a list that holds ours must look the same without them.
    if (atoms.length > MAX_LEVEL_BOXES) {
      throw malformedMedia(`The tags of this MP4 file hold more than ${MAX_LEVEL_BOXES} manifests.`);
    }
    if (index - atoms.length >= MAX_LEVEL_BOXES) {
      return { levels, atoms, hasForeignItems: true, isOpenToUs: false };
    }
  }
  const hasForeignItems = atoms.length < items.length || !isWhole;
  return { levels, atoms, hasForeignItems, isOpenToUs: isOpenToUs && isWhole };
}

function layoutOf(levels: readonly InnerBox[], isOpenToUs: boolean): IlstLayout {
  return { levels, atoms: [], hasForeignItems: false, isOpenToUs };
}
