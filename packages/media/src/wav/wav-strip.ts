import type { ByteSource } from "@genblaze/core";
import { uint32le } from "../binary/fields.js";
import { createPieceSource } from "../binary/piece-source.js";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { dataSizeEdit, planWavEmbed, riffSizeAfterEmbed, riffSizeEdit } from "./wav-embed.js";
import { WAV_HEADER_BYTES } from "./wav-header.js";
import type { OwnedList } from "./wav-info-list.js";
import { readWavLayout, type WavLayout } from "./wav-layout.js";
import {
  MANIFEST_TAG,
  RESTORE_BODY_BYTES,
  RESTORE_TAG,
  readRestoreRecord,
  type WavRestoreRecord,
} from "./wav-manifest-list.js";

/** What to change so that a file carries nothing of ours. */
export async function planWavStrip(source: ByteSource): Promise<readonly Edit[]> {
  const layout = await readWavLayout(source);
  if (layout.lists.length === 0) return [];
  return (await planRestore(source, layout)) ?? planRemoval(layout);
}

/**
 * Undoes an embedding that left a record. The record is input like any other, so it counts only if embedding in the
 * restored file would write this very record, at this place, with these sizes; else the structure decides.
 */
async function planRestore(source: ByteSource, layout: WavLayout): Promise<readonly Edit[] | undefined> {
  // Embedding leaves no record in a 64-bit file.
  if (layout.largeSizes !== undefined) return undefined;
  const [list, ...others] = layout.lists;
  if (list === undefined || others.length > 0 || list.end !== layout.end || !list.isOursAlone) return undefined;
  const record = await readRecord(source, list);
  if (record === undefined) return undefined;
  const start = list.start - (record.isPadded ? 1 : 0);
  if (start < Math.max(WAV_HEADER_BYTES, layout.data?.bodyStart ?? 0)) return undefined;
  const edits = [
    riffSizeEdit(layout, record.riffSize),
    ...dataSizeEdit(layout, record.dataSize),
    { start, end: list.end, replacement: [] },
  ];
  const restored = await readWavLayout(createPieceSource(source, piecesFromEdits(layout.sizeBytes, edits)));
  return wouldEmbedAs(restored, layout, record, start) ? edits : undefined;
}

async function readRecord(source: ByteSource, list: OwnedList): Promise<WavRestoreRecord | undefined> {
  const [manifest, restore, ...others] = list.tags;
  if (manifest?.id !== MANIFEST_TAG || restore?.id !== RESTORE_TAG || others.length > 0) return undefined;
  if (restore.size !== RESTORE_BODY_BYTES) return undefined;
  return readRestoreRecord(await source.read(restore.bodyStart, restore.size));
}

function wouldEmbedAs(restored: WavLayout, layout: WavLayout, record: WavRestoreRecord, start: number): boolean {
  if (restored.lists.length > 0) return false;
  const plan = planWavEmbed(restored);
  const listBytes = layout.sizeBytes - restored.sizeBytes - plan.paddingBytes;
  return (
    plan.insertAt === start &&
    plan.record?.riffSize === record.riffSize &&
    plan.record.dataSize === record.dataSize &&
    plan.record.isPadded === record.isPadded &&
    riffSizeAfterEmbed(restored, plan, listBytes) === layout.riffSize &&
    (plan.newDataSize === undefined || plan.newDataSize === layout.data?.size)
  );
}

/**
 * Takes our sub-chunks out, and a LIST that held nothing else. The RIFF size shrinks by what it counted of them; a
 * placeholder that lies beyond the file stays.
 */
function planRemoval(layout: WavLayout): readonly Edit[] {
  const edits = layout.lists.flatMap((list) =>
    list.isOursAlone ? [{ start: list.start, end: list.end }] : tagEdits(list),
  );
  const riffEnd = 8 + layout.riffSize;
  if (riffEnd > layout.sizeBytes) return edits;
  const newRiffEnd = edits.reduce((end, edit) => end + growthBefore(edit, riffEnd), riffEnd);
  return [riffSizeEdit(layout, newRiffEnd - 8), ...edits];
}

/** The changes of a list that keeps foreign sub-chunks: its size, our sub-chunks, and the pad byte of the new size. */
function tagEdits(list: OwnedList): Edit[] {
  const removedBytes = list.tags.reduce((bytes, tag) => bytes + tag.end - tag.start, 0);
  const size = list.size - removedBytes;
  const edits: Edit[] = [
    { start: list.start + 4, end: list.start + 8, replacement: [uint32le.write(size)] },
    ...list.tags.map((tag) => ({ start: tag.start, end: tag.end })),
  ];
  const hasPad = list.end > list.bodyEnd;
  if (size % 2 === 0 && hasPad) edits.push({ start: list.bodyEnd, end: list.end });
  if (size % 2 === 1 && list.size % 2 === 0) {
    edits.push({ start: list.bodyEnd, end: list.bodyEnd, replacement: [new Uint8Array(1)] });
  }
  return edits;
}

/** By how much an edit moves a position: what it adds before it, less what it removes before it. */
function growthBefore(edit: Edit, position: number): number {
  const added = (edit.replacement ?? []).reduce((length, bytes) => length + bytes.length, 0);
  const removed = Math.max(Math.min(edit.end, position) - edit.start, 0);
  return edit.start <= position ? added - removed : 0;
}
