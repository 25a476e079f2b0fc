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
export const videoSchema = defineModel<VideoMetadata>("video block", {
  frameRate: { wire: "frame_rate", type: realType, hashed: "always", nullable: true, check: isDuration },
  codec: { wire: "codec", type: textType, hashed: "always", nullable: true },
  bitrate: { wire: "bitrate", type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  colorSpace: { wire: "color_space", type: textType, hashed: "always", nullable: true },
  hasAudio: { wire: "has_audio", type: flagType, hashed: "always", nullable: true },
  resolution: { wire: "resolution", type: textType, hashed: "always", nullable: true },
});

/** The table of an entry of `word_timings`. */
const wordTimingSchema = defineModel<WordTiming>(
  "word timing",
  {
    word: { wire: "word", type: textType, hashed: "always" },
    start: { wire: "start", type: realType, hashed: "always", check: isWordTime },
    end: { wire: "end", type: realType, hashed: "always", check: isWordTime },
    confidence: { wire: "confidence", type: realType, hashed: "always", nullable: true, check: isConfidence },
  },
  { rule: (timing) => (timing.end < timing.start ? "a word that does not end before it starts" : undefined) },
);

/** The table of `audio`. */
export const audioSchema = defineModel<AudioMetadata>("audio block", {
  sampleRate: { wire: "sample_rate", type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  channels: { wire: "channels", type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  codec: { wire: "codec", type: textType, hashed: "always", nullable: true },
  bitrate: { wire: "bitrate", type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  wordTimings: { wire: "word_timings", type: listType(modelType(wordTimingSchema)), hashed: "always", nullable: true },
});

/** The table of an entry of `tracks`. */
export const trackSchema = defineModel<Track>("track", {
  kind: { wire: "kind", type: textType, hashed: "always" },
  codec: { wire: "codec", type: textType, hashed: "always", nullable: true },
  label: { wire: "label", type: textType, hashed: "always", nullable: true },
});
