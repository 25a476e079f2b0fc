import type { JsonObject, JsonValue } from "@genblaze/core/provider";
import { SUBJECT_WORDS } from "../storyboard/lexicon.js";
import type { StoryScene } from "../storyboard/storyboard.js";
import { sceneFromSentence } from "../storyboard/write-storyboard.js";
import { invalidInput } from "./params.js";

/** The values that the closed fields of a scene may have. */
export const SCENE_CHOICES = {
  act: ["opening", "journey", "arrival"],
  setting: [
    "sea",
    "harbour",
    "beach",
    "lake",
    "river",
    "street",
    "city",
    "village",
    "forest",
    "meadow",
    "mountain",
    "desert",
    "tundra",
    "space",
    "underwater",
    "clouds",
  ],
  timeOfDay: ["dawn", "day", "sunset", "dusk", "night"],
  weather: ["clear", "cloudy", "rain", "storm", "snow", "fog", "wind", "aurora"],
  framing: ["wide", "medium", "close"],
  motion: ["pan-right", "pan-left", "push-in", "pull-out", "rise"],
} as const;

/** A whole scene: the given fields, checked, over what the sentence says. */
export function readScene(given: JsonObject | undefined, sentence: string, seed: number): StoryScene {
  const base = sceneFromSentence(sentence, seed);
  if (given === undefined) return base;
  return {
    ...base,
    act: choose(given, "act", SCENE_CHOICES.act, base.act),
    setting: choose(given, "setting", SCENE_CHOICES.setting, base.setting),
    timeOfDay: choose(given, "timeOfDay", SCENE_CHOICES.timeOfDay, base.timeOfDay),
    weather: choose(given, "weather", SCENE_CHOICES.weather, base.weather),
    framing: choose(given, "framing", SCENE_CHOICES.framing, base.framing),
    motion: choose(given, "motion", SCENE_CHOICES.motion, base.motion),
    subject: choose(given, "subject", Object.keys(SUBJECT_WORDS), base.subject),
    subjectColor: colorOf(given.subjectColor, "subjectColor") ?? base.subjectColor,
    palette: paletteOf(given.palette) ?? base.palette,
    seed: seedValue(given.seed) ?? base.seed,
  };
}

function choose<Value extends string>(
  given: JsonObject,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const value = given[name];
  if (value === undefined || value === null) return fallback;
  const known = values.find((candidate) => candidate === value);
  if (known === undefined)
    throw invalidInput(
      `scene-painter: params.scene.${name} must be one of ${values.join(", ")}; got ${JSON.stringify(value)}.`,
    );
  return known;
}

function colorOf(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value)) return value;
  throw invalidInput(
    `scene-painter: params.scene.${name} must be a colour like #c8402f; got ${JSON.stringify(value)}.`,
  );
}

function paletteOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length !== 5)
    throw invalidInput("scene-painter: params.scene.palette must be a list of five colours.");
  return value.flatMap((color: JsonValue, index: number) => colorOf(color, `palette[${index}]`) ?? []);
}

function seedValue(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value >>> 0;
  throw invalidInput(`scene-painter: params.scene.seed must be a whole number from 0; got ${JSON.stringify(value)}.`);
}
