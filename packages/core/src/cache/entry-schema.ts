import { z } from "zod";
import { isMediaType } from "../manifest/checks.js";
import { jsonObject, text } from "../pipeline/option-schemas.js";

/** More than a `Uint8Array` holds on Node 20, so nothing larger was ever stored. */
const MAX_ASSET_BYTES = 2 ** 32;
/** Far above what one step gives. */
const MAX_ASSETS = 1000;
/** The last time that a `Date` can hold. */
const MAX_TIME = 8.64e15;

const time = z.int().min(0).max(MAX_TIME);
const aboveZero = z.int().min(1).nullable();
const fact = text.nullable();
// zod's numbers are finite.
const duration = z.number().min(0);

const video = z.strictObject({
  frameRate: duration.nullable(),
  codec: fact,
  bitrate: aboveZero,
  colorSpace: fact,
  hasAudio: z.boolean().nullable(),
  resolution: fact,
});

const wordTiming = z
  .strictObject({
    word: text,
    start: duration,
    end: duration,
    confidence: z.number().min(0).max(1).nullable(),
  })
  .refine(({ start, end }) => start <= end);

const audio = z.strictObject({
  sampleRate: aboveZero,
  channels: aboveZero,
  codec: fact,
  bitrate: aboveZero,
  wordTimings: z.array(wordTiming).nullable(),
});

const track = z.strictObject({ kind: text, codec: fact, label: fact });

const asset = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.int().min(0).max(MAX_ASSET_BYTES),
  mediaType: text.refine(isMediaType.holds),
  width: aboveZero,
  height: aboveZero,
  duration: duration.nullable(),
  video: video.nullable(),
  audio: audio.nullable(),
  tracks: z.array(track).nullable(),
  metadata: jsonObject,
});

/** An entry as it stands in its file; whatever else stands there is damaged, from another version or hostile. */
export const entrySchema = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  /** Milliseconds since 1970. */
  storedAt: time,
  usedAt: time,
  result: z.strictObject({
    modelVersion: text.nullable(),
    payload: jsonObject,
    warnings: z.array(z.strictObject({ option: text, message: text })),
    assets: z.array(asset).max(MAX_ASSETS),
  }),
});
