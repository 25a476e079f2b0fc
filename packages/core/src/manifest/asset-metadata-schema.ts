import { isAboveZero, isConfidence, isDuration, isWordTime } from "./checks.js";
import { flagType } from "./flag-type.js";
import { listType } from "./list-type.js";
import type { AudioMetadata, Track, VideoMetadata, WordTiming } from "./model.js";
import { defineModel } from "./model-schema.js";
import { modelType } from "./model-type.js";
import { realType } from "./real-type.js";
import { textType } from "./text-type.js";
import { wholeType } from "./whole-type.js";

/** The table of `video`. */
export const videoSchema = defineModel<VideoMetadata>({
  frameRate: { type: realType, check: isDuration },
  codec: { type: textType },
  bitrate: { type: wholeType, check: isAboveZero },
  colorSpace: { type: textType },
  hasAudio: { type: flagType },
  resolution: { type: textType },
});

/** The table of an entry of `word_timings`. */
const wordTimingSchema = defineModel<WordTiming>(
  {
    word: { type: textType, required: true },
    start: { type: realType, check: isWordTime, required: true },
    end: { type: realType, check: isWordTime, required: true },
    confidence: { type: realType, check: isConfidence },
  },
  { rule: (timing) => (timing.end < timing.start ? "a word that does not end before it starts" : undefined) },
);

/** The table of `audio`. */
export const audioSchema = defineModel<AudioMetadata>({
  sampleRate: { type: wholeType, check: isAboveZero },
  channels: { type: wholeType, check: isAboveZero },
  codec: { type: textType },
  bitrate: { type: wholeType, check: isAboveZero },
  wordTimings: { type: listType(modelType(wordTimingSchema)) },
});

/** The table of an entry of `tracks`. */
export const trackSchema = defineModel<Track>({
  kind: { type: textType, required: true },
  codec: { type: textType },
  label: { type: textType },
});
