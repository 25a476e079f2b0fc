import type { WholeNumber } from "./model.js";
import type { Check } from "./model-schema.js";

// Python's \w, and its $, which also stands before one final newline.
const MEDIA_TYPE = /^[A-Za-z0-9][\p{L}\p{N}_.-]*\/[A-Za-z0-9][\p{L}\p{N}_.+-]*\n?$/u;

/** `image/png` and the like. */
export const isMediaType: Check<string> = {
  expected: "a media type like image/png",
  when: "built",
  holds: (value) => MEDIA_TYPE.test(value),
};

export const isAboveZero: Check<WholeNumber> = {
  expected: "a whole number above 0",
  when: "built",
  holds: (value) => value > 0,
};

/** Holds for stored manifests too: a negative size is refused, not reported. */
export const isSize: Check<WholeNumber> = {
  expected: "a whole number of at least 0",
  when: "always",
  holds: (value) => value >= 0,
};

export const isDuration: Check<number> = {
  expected: "a finite number of at least 0",
  when: "built",
  holds: (value) => Number.isFinite(value) && value >= 0,
};

/** Word timings are checked in stored manifests too. */
export const isWordTime: Check<number> = { ...isDuration, when: "always" };

export const isConfidence: Check<number> = {
  expected: "a number from 0 to 1",
  when: "always",
  holds: (value) => value >= 0 && value <= 1,
};
