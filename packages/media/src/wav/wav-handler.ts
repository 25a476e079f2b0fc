import type { ByteSource, MediaHandler, Piece } from "@genblaze/core";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { assertPayloadFits, assertPayloadReadable } from "../payload-limit.js";
import { assertRoomForParts } from "../room-for-parts.js";
import { wavEmbedEdits } from "./wav-embed.js";
import { isWav } from "./wav-header.js";
import { readWavLayout } from "./wav-layout.js";
import { MANIFEST_TAG } from "./wav-manifest-list.js";
import { planWavStrip } from "./wav-strip.js";

/**
 * WAV: the sub-chunk IMFL of a LIST/INFO chunk of its own, after the last chunk. Foreign tags stay. Sizes that a
 * streaming writer left open are filled in, which a sub-chunk IGBR remembers. RF64 and BW64 are
 * served when their sizes are filled in, else MEDIA_UNSUPPORTED, as is RIFX.
 */
export const wavHandler: MediaHandler = {
  name: "wav",
  mediaTypes: ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
  extensions: [".wav", ".wave"],
  matches: isWav,
  extract: extractFromWav,
  strip: stripWav,
  embed: (source, payload) => embedInClean(source, stripWav, (clean) => planWav(clean, payload)),
};

/** The first manifest of any list, without its terminating zeros. */
async function extractFromWav(source: ByteSource): Promise<Uint8Array | undefined> {
  const { lists } = await readWavLayout(source);
  const tag = lists.flatMap((list) => list.tags).find(({ id }) => id === MANIFEST_TAG);
  if (tag === undefined) return undefined;
  assertPayloadReadable(tag.size, "WAV");
  const text = await source.read(tag.bodyStart, tag.size);
  return text.subarray(0, text.findLastIndex((byte) => byte !== 0) + 1);
}

async function stripWav(source: ByteSource): Promise<readonly Piece[]> {
  return piecesFromEdits(source.sizeBytes, await planWavStrip(source));
}

async function planWav(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  assertPayloadFits(payload.length + 1);
  const layout = await readWavLayout(clean);
  assertRoomForParts(layout.partCount, "WAV");
  return wavEmbedEdits(layout, payload);
}
