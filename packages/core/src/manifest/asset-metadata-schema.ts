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
  frameRate: { type: realType, hashed: "always", nullable: true, check: isDuration },
  codec: { type: textType, hashed: "always", nullable: true },
  bitrate: { type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  colorSpace: { type: textType, hashed: "always", nullable: true },
  hasAudio: { type: flagType, hashed: "always", nullable: true },
  resolution: { type: textType, hashed: "always", nullable: true },
});

/** The table of an entry of `word_timings`. */
const wordTimingSchema = defineModel<WordTiming>(
  "word timing",
  {
    word: { type: textType, hashed: "always" },
    start: { type: realType, hashed: "always", check: isWordTime },
    end: { type: realType, hashed: "always", check: isWordTime },
    confidence: { type: realType, hashed: "always", nullable: true, check: isConfidence },
  },
  { rule: (timing) => (timing.end < timing.start ? "a word that does not end before it starts" : undefined) },
);

/** The table of `audio`. */
export const audioSchema = defineModel<AudioMetadata>("audio block", {
  sampleRate: { type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  channels: { type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  codec: { type: textType, hashed: "always", nullable: true },
  bitrate: { type: wholeType, hashed: "always", nullable: true, check: isAboveZero },
  wordTimings: { type: listType(modelType(wordTimingSchema)), hashed: "always", nullable: true },
});

/** The table of an entry of `tracks`. */
export const trackSchema = defineModel<Track>("track", {
  kind: { type: textType, hashed: "always" },
  codec: { type: textType, hashed: "always", nullable: true },
  label: { type: textType, hashed: "always", nullable: true },
});
