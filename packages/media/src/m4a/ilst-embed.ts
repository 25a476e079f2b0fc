import type { ByteSource } from "@genblaze/core";
import type { Edit } from "../binary/pieces.js";
import { readMp4Layout } from "../mp4/mp4-layout.js";
import { planOffsetShift } from "./file-offsets.js";
import { type CreatedLevels, frameManifestAtom } from "./ilst-atoms.js";
import { type IlstLayout, readIlstLayout } from "./ilst-layout.js";
import { type InnerBox, resizeEdits } from "./inner-boxes.js";

/** udta, meta, hdlr and ilst: what embedding can add to the boxes that stripping searches. */
const ADDED_BOXES = 4;

/**
 * The changes that put a manifest at the end of the tags of a file without one; none where moov is too odd for it,
 * which is no error: the uuid box carries the manifest as well.
 */
export async function planIlstEmbed(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  const { boxes } = await readMp4Layout(clean);
  const moov = boxes.find((box) => box.type === "moov");
  const layout = moov && (await readIlstLayout(clean, moov));
  const innermost = layout?.levels.at(-1);
  if (layout === undefined || innermost === undefined || !layout.isOpenToUs) return [];
  const { head, tail } = frameManifestAtom(payload.length, missingLevels(layout));
  const growth = head.length + payload.length + tail.length;
  const position = innermost.end;
  const shift = (offset: number) => (offset >= position ? offset + growth : offset);
  const offsets = await planOffsetShift(clean, boxes, { position, shift, spareBoxes: ADDED_BOXES });
  const sizes = planResize(layout.levels, growth);
  if (offsets === undefined || sizes === undefined) return [];
  return inOrder([...sizes, { start: position, end: position, replacement: [head, payload, tail] }, ...offsets]);
}

/** How many of udta, meta and ilst are not there. */
function missingLevels({ levels }: IlstLayout): CreatedLevels {
  return ([0, 1, 2, 3] as const).find((missing) => levels.length === 4 - missing) ?? 0;
}

/** The changes of the size fields of all levels, or undefined when one cannot say its new size. */
export function planResize(levels: readonly InnerBox[], growth: number): readonly Edit[] | undefined {
  const edits = levels.map((level) => resizeEdits(level, growth));
  return edits.includes(undefined) ? undefined : edits.flatMap((edit) => edit ?? []);
}

/** Edits by where they begin. */
export function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return [...edits].sort((left, right) => left.start - right.start);
}
