import type { ByteSource, GenblazeError, MediaHandler, Piece } from "@genblaze/core";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { flacHandler, isTaggedFlac } from "../flac/flac-handler.js";
import { malformedMedia } from "../malformed-media.js";
import { assertPayloadFits } from "../payload-limit.js";
import { buildCreatedTag } from "./id3-created-tag.js";
import { planId3Embed } from "./id3-embed.js";
import { extractFromId3 } from "./id3-extract.js";
import { isId3 } from "./id3-header.js";
import { planId3Strip } from "./id3-strip.js";
import { readId3Tag } from "./id3-tag.js";
import { hasLayer3Header, isLayer3 } from "./mpeg-audio.js";

type Operations = Pick<MediaHandler, "extract" | "strip" | "embed">;

/** Whatever begins with an ID3v2 tag, be it MP3 or AAC in ADTS, and MP3 without one. */
const id3Operations: Operations = {
  extract: extractFromId3,
  strip: stripMp3,
  embed: (source, payload) => embedInClean(source, stripMp3, (clean) => planMp3(clean, payload)),
};

/**
 * MP3: the text frame TXXX `genblaze:manifest` in front of all others in the ID3v2 tag at the start of the file. A
 * file without one gets a tag, which says so and goes again. All other frames, padding, ID3v1 and APE tags stay.
 */
export const mp3Handler: MediaHandler = {
  name: "mp3",
  mediaTypes: ["audio/mpeg", "audio/mp3"],
  extensions: [".mp3"],
  matches: (head) => isId3(head) || isLayer3(head),
  extract: async (source) => (await operationsFor(source)).extract(source),
  strip: async (source) => (await operationsFor(source)).strip(source),
  embed: async (source, payload) => (await operationsFor(source)).embed(source, payload),
};

/** The first bytes of FLAC with an ID3 tag do not tell it from MP3, so it comes here; its place is the same anyway. */
async function operationsFor(source: ByteSource): Promise<Operations> {
  if (await isTaggedFlac(source)) return flacHandler;
  const head = await source.read(0, Math.min(source.sizeBytes, 3));
  if (!isId3(head) && !(await hasLayer3Header(source, 0))) throw noMp3();
  return id3Operations;
}

async function stripMp3(source: ByteSource): Promise<readonly Piece[]> {
  return piecesFromEdits(source.sizeBytes, await planId3Strip(source));
}

async function planMp3(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  assertPayloadFits(payload.length);
  const tag = await readId3Tag(clean);
  if (tag !== undefined) return planId3Embed(clean, tag, payload);
  return [{ start: 0, end: 0, replacement: [buildCreatedTag(payload)] }];
}

function noMp3(): GenblazeError {
  return malformedMedia("This is no MP3 file: it begins neither with an ID3 tag nor with MPEG audio of layer III.");
}
