import type { ByteSource, MediaHandler, Piece } from "@genblaze/core";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { extractFromId3 } from "../mp3/id3-extract.js";
import { endOfId3InHead, readId3Header } from "../mp3/id3-header.js";
import { planId3Strip } from "../mp3/id3-strip.js";
import { assertPayloadFits, assertPayloadReadable } from "../payload-limit.js";
import { hasFlacAt, isFlacAt } from "./flac-blocks.js";
import { planFlacEmbed } from "./flac-embed.js";
import { readFlacLayout } from "./flac-layout.js";
import { planFlacStrip } from "./flac-strip.js";

/**
 * FLAC: the comment GENBLAZE_MANIFEST behind the others. A file without comments gets a block for them, which says so
 * and goes again. All other blocks stay, an ID3 tag before the stream and its foreign frames too.
 */
export const flacHandler: MediaHandler = {
  name: "flac",
  mediaTypes: ["audio/flac", "audio/x-flac"],
  extensions: [".flac"],
  matches: (head) => isFlacAt(head, endOfId3InHead(head)),
  extract: extractFromFlac,
  strip: stripFlac,
  embed: (source, payload) => embedInClean(source, stripFlac, (clean) => planFlac(clean, payload)),
};

/** Whether an ID3 tag begins the file and FLAC follows it. */
export async function isTaggedFlac(source: ByteSource): Promise<boolean> {
  const tag = await readId3Header(source);
  return tag !== undefined && hasFlacAt(source, tag.end);
}

/**
 * The first comment of ours that is not empty. The Python library takes FLAC behind an ID3 tag for MP3 unless told,
 * so its manifest may be in that tag.
 */
async function extractFromFlac(source: ByteSource): Promise<Uint8Array | undefined> {
  const { comments } = await readFlacLayout(source);
  const inTag = await extractFromId3(source);
  const found = comments.flatMap(({ manifests }) => manifests).find(({ textStart, end }) => end > textStart);
  if (inTag !== undefined || found === undefined) return inTag;
  const length = found.end - found.textStart;
  assertPayloadReadable(length, "FLAC");
  return source.read(found.textStart, length);
}

async function stripFlac(source: ByteSource): Promise<readonly Piece[]> {
  const layout = await readFlacLayout(source);
  return piecesFromEdits(source.sizeBytes, [...(await planId3Strip(source)), ...planFlacStrip(layout)]);
}

async function planFlac(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  assertPayloadFits(payload.length);
  return planFlacEmbed(await readFlacLayout(clean), payload);
}
