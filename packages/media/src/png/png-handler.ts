import type { ByteSource, MediaHandler, Piece } from "@genblaze/core";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { malformedMedia } from "../malformed-media.js";
import { assertRoomForParts } from "../room-for-parts.js";
import { isPng, walkPngChunks } from "./png-chunks.js";
import { buildManifestChunk, isManifestChunk, readManifestChunk } from "./png-manifest-chunk.js";

/**
 * PNG and APNG: an uncompressed iTXt chunk `genblaze:manifest` directly after IHDR. All other chunks and the bytes
 * after IEND stay as they are. The structure alone says what is ours, so no restore record exists.
 */
export const pngHandler: MediaHandler = {
  name: "png",
  mediaTypes: ["image/png", "image/apng"],
  extensions: [".png", ".apng"],
  matches: isPng,
  extract: extractFromPng,
  strip: stripPng,
  embed: (source, payload) => embedInClean(source, stripPng, (clean) => planPng(clean, payload)),
};

async function extractFromPng(source: ByteSource): Promise<Uint8Array | undefined> {
  for await (const chunk of walkPngChunks(source)) {
    if (await isManifestChunk(source, chunk)) return readManifestChunk(source, chunk);
  }
  return undefined;
}

async function stripPng(source: ByteSource): Promise<readonly Piece[]> {
  const removals: Edit[] = [];
  for await (const chunk of walkPngChunks(source)) {
    if (await isManifestChunk(source, chunk)) removals.push({ start: chunk.start, end: chunk.end });
  }
  return piecesFromEdits(source.sizeBytes, removals);
}

async function planPng(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  let insertAt: number | undefined;
  let count = 0;
  for await (const chunk of walkPngChunks(clean)) {
    count += 1;
    if (chunk.type === "IHDR") insertAt ??= chunk.end;
  }
  if (insertAt === undefined) throw malformedMedia("This is no whole PNG file: it has no IHDR chunk.");
  assertRoomForParts(count, "PNG");
  return [{ start: insertAt, end: insertAt, replacement: [buildManifestChunk(payload)] }];
}
