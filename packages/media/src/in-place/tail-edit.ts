import type { Piece } from "@genblaze/core";
import { MAX_MANIFEST_BYTES } from "@genblaze/core/manifest";
import { totalLength } from "../binary/pieces.js";

/** A change of the end of a file: so many bytes stay, what comes after gives way to new bytes. */
export interface TailEdit {
  readonly keptBytes: number;
  readonly added: readonly Uint8Array[];
  readonly newSizeBytes: number;
}

/** A manifest and what stands around it: more than that is not kept for undoing, a copy is the better way then. */
export const MAX_OLD_TAIL_BYTES = MAX_MANIFEST_BYTES + 1024 * 1024;

/**
 * Whether pieces change nothing but the end of a file of `sizeBytes`, so that it can be written in place: its first
 * bytes copied, then only new ones, and no more than 17 MiB of it given up.
 */
export function isTailEdit(pieces: readonly Piece[], sizeBytes: number): boolean {
  return toTailEdit(pieces, sizeBytes) !== undefined;
}

/** The pieces as a change of the end, or undefined when they are none. */
export function toTailEdit(pieces: readonly Piece[], sizeBytes: number): TailEdit | undefined {
  const [kept, ...rest] = pieces;
  if (kept?.kind !== "copy" || kept.start !== 0 || kept.end > sizeBytes) return undefined;
  if (sizeBytes - kept.end > MAX_OLD_TAIL_BYTES) return undefined;
  const added = rest.flatMap((piece) => (piece.kind === "bytes" ? [piece.bytes] : []));
  if (added.length !== rest.length) return undefined;
  return { keptBytes: kept.end, added, newSizeBytes: totalLength(pieces) };
}
