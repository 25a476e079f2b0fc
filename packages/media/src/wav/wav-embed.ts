import { GenblazeError } from "@genblaze/core";
import { MAX_UINT32, uint32le } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { unsupportedWav } from "./wav-header.js";
import type { WavLayout } from "./wav-layout.js";
import { buildManifestList, type WavRestoreRecord } from "./wav-manifest-list.js";

/** How a manifest goes into a file without one. */
export interface WavEmbedPlan {
  readonly insertAt: number;
  readonly paddingBytes: 0 | 1;
  /** The true size of an open data chunk. */
  readonly newDataSize: number | undefined;
  /** What stripping cannot see from the structure; undefined in an ordinary file. */
  readonly record: WavRestoreRecord | undefined;
}

/** The part of the plan that does not depend on the manifest. */
export function planWavEmbed(layout: WavLayout): WavEmbedPlan {
  const riffEnd = 8 + layout.riffSize;
  const isRiffSizeRight = riffEnd >= layout.end && riffEnd <= layout.sizeBytes;
  const isOrdinary = isRiffSizeRight && !layout.isDataOpen && !layout.isPadMissing;
  const openData = layout.isDataOpen ? layout.data : undefined;
  return {
    insertAt: layout.end,
    paddingBytes: layout.isPadMissing ? 1 : 0,
    newDataSize: openData && layout.sizeBytes - openData.bodyStart,
    record: isOrdinary
      ? undefined
      : { riffSize: layout.riffSize, dataSize: openData?.size, isPadded: layout.isPadMissing },
  };
}

/** The RIFF size once `listBytes` are in: grown where it was right, written anew where it was not. */
export function riffSizeAfterEmbed(layout: WavLayout, plan: WavEmbedPlan, listBytes: number): number {
  if (plan.record === undefined) return layout.riffSize + listBytes;
  return layout.sizeBytes + plan.paddingBytes + listBytes - 8;
}

/** The changes that embed a manifest in a file without one. */
export function wavEmbedEdits(layout: WavLayout, payload: Uint8Array): readonly Edit[] {
  const plan = planWavEmbed(layout);
  if (layout.largeSizes !== undefined && plan.record !== undefined) {
    // Such a file would need a record of 64-bit sizes; writers of the format fill in their sizes.
    throw unsupportedWav("RF64", "The sizes in this 64-bit WAV file are not those of its chunks");
  }
  const list = buildManifestList(payload, plan.record);
  const riffSize = riffSizeAfterEmbed(layout, plan, list.length);
  if (layout.largeSizes === undefined) assertSizesFit(riffSize, plan.newDataSize);
  const padding = new Uint8Array(plan.paddingBytes);
  return [
    riffSizeEdit(layout, riffSize),
    ...dataSizeEdit(layout, plan.newDataSize),
    { start: plan.insertAt, end: plan.insertAt, replacement: [padding, list] },
  ];
}

/** The change of the RIFF size. */
export function riffSizeEdit({ riffSizeField: { start, field } }: WavLayout, riffSize: number): Edit {
  return { start, end: start + field.length, replacement: [field.write(riffSize)] };
}

/** The change of the size field of the data chunk, when there is one. */
export function dataSizeEdit(layout: WavLayout, size: number | undefined): readonly Edit[] {
  if (layout.data === undefined || size === undefined) return [];
  const start = layout.data.start + 4;
  return [{ start, end: start + 4, replacement: [uint32le.write(size)] }];
}

function assertSizesFit(riffSize: number, dataSize: number | undefined): void {
  const size = Math.max(riffSize, dataSize ?? 0);
  // 0xFFFFFFFF itself is what streaming writers put for "unknown".
  if (size < MAX_UINT32) return;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `A WAV file cannot say a size of ${size} bytes. Put the manifest into a sidecar.`,
    {
      details: { sizeBytes: size, limitBytes: MAX_UINT32 - 1 },
    },
  );
}
