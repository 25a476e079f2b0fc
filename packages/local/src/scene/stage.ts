import { mix } from "../paint/color.js";
import { createRandom, type SeededRandom } from "../random/seeded-random.js";
import { TIME_LIGHTS, WEATHER_TINTS } from "../storyboard/palettes.js";
import type { Setting, StoryScene } from "../storyboard/storyboard.js";

/** Every layer is drawn on this board; the middle of it is what the frame shows. */
export const BOARD_WIDTH = 1600;
export const BOARD_HEIGHT = 900;
/** How much larger than the frame a layer is, so that the camera has room. */
export const OVERSCAN = 1.14;

/** A scene with its geometry and light settled: what every layer painter reads. */
export interface Stage {
  readonly scene: StoryScene;
  /** Board units from the top. */
  readonly horizon: number;
  readonly lightX: number;
  readonly lightY: number;
  readonly lightColor: string;
  /** How visible the sun or moon itself is, 0 to 1. */
  readonly lightStrength: number;
  readonly isDark: boolean;
  readonly hasSnowGround: boolean;
  /** Where the subject stands or floats, and how large 100 of its own units are. */
  readonly subject: { readonly x: number; readonly y: number; readonly scale: number };
  /** The silhouette colour at a distance: 0 is the nearest shadow, 1 the haze at the horizon. */
  shade(distance: number): string;
  random(salt: string): SeededRandom;
}

const HORIZONS: Readonly<Record<Setting, number>> = {
  sea: 520,
  harbour: 540,
  beach: 500,
  lake: 530,
  river: 540,
  street: 560,
  city: 640,
  village: 600,
  forest: 640,
  meadow: 610,
  mountain: 640,
  desert: 600,
  tundra: 610,
  space: 900,
  underwater: 900,
  clouds: 640,
};
const SUBJECT_SCALES = { wide: 1.7, medium: 2.35, close: 2.9 } as const;
const SUBJECT_POSITIONS = { wide: 0.4, medium: 0.5, close: 0.57 } as const;
const AIRBORNE: ReadonlySet<string> = new Set(["bird", "balloon", "kite", "rocket", "butterfly", "astronaut", "owl"]);
const FLOATING: ReadonlySet<string> = new Set(["fish", "jellyfish", "turtle", "whale"]);

/** Settles a scene's geometry and light; everything open is drawn from the scene's seed. */
export function createStage(scene: StoryScene): Stage {
  const random = createRandom(scene.seed ^ 0x9e37);
  const horizon = HORIZONS[scene.setting] + (scene.act === "arrival" ? 24 : scene.act === "journey" ? -24 : 0);
  const [, upper = "#445566", lower = "#778899", haze = "#aabbcc", shadow = "#111122"] = scene.palette;
  const isDark = scene.timeOfDay === "night" || scene.timeOfDay === "dusk";
  const lightX = lightPosition(scene, random) * BOARD_WIDTH;
  const fog = mix(haze, WEATHER_TINTS[scene.weather][0], 0.25);
  return {
    scene,
    horizon,
    lightX,
    lightY: lightHeight(scene, horizon, random),
    lightColor: TIME_LIGHTS[scene.timeOfDay],
    lightStrength: lightStrength(scene),
    isDark,
    hasSnowGround: scene.weather === "snow" || scene.setting === "tundra",
    subject: placeSubject(scene, horizon),
    shade: (distance) =>
      distance < 0.5
        ? mix(shadow, mix(upper, shadow, 0.35), distance * 2)
        : mix(mix(upper, shadow, 0.35), mix(lower, fog, 0.5), distance * 2 - 1),
    random: (salt) => createRandom(`${scene.seed}|${salt}`),
  };
}

/** Whether the subject flies; it then hangs above the horizon. */
export function isAirborne(scene: StoryScene): boolean {
  return (
    AIRBORNE.has(scene.subject) || scene.setting === "space" || (scene.setting === "clouds" && scene.subject !== "tree")
  );
}

/** Whether the place is covered by water up to the frame's foot. */
export function hasWater(setting: Setting): boolean {
  return ["sea", "harbour", "lake", "river", "beach", "street"].includes(setting);
}

function lightPosition(scene: StoryScene, random: SeededRandom): number {
  if (scene.act === "arrival") return 0.52 + random.range(-0.05, 0.08);
  const side = random.range(0.2, 0.3);
  return scene.act === "opening" ? 0.5 + side * 0.85 : 0.5 - side * 0.8;
}

function lightHeight(scene: StoryScene, horizon: number, random: SeededRandom): number {
  if (scene.timeOfDay === "day") return 190 + random.range(-30, 40);
  if (scene.timeOfDay === "night") return 210 + random.range(-30, 50);
  return horizon - random.range(60, 130);
}

function lightStrength(scene: StoryScene): number {
  const strengths = {
    clear: 1,
    cloudy: 0.75,
    rain: 0.3,
    storm: 0.15,
    snow: 0.6,
    fog: 0.6,
    wind: 0.95,
    aurora: 0.3,
  } as const;
  return Math.min(1, strengths[scene.weather] + (scene.act === "arrival" && scene.weather !== "aurora" ? 0.35 : 0));
}

function placeSubject(scene: StoryScene, horizon: number): Stage["subject"] {
  const x = SUBJECT_POSITIONS[scene.framing] * BOARD_WIDTH;
  const scale = SUBJECT_SCALES[scene.framing];
  if (isAirborne(scene) || FLOATING.has(scene.subject)) {
    return { x, y: scene.setting === "underwater" || scene.setting === "space" ? 470 : 400, scale: scale * 0.95 };
  }
  return { x, y: Math.min(790, horizon + 60 + scale * 42), scale };
}
