export type { Local } from "./create-local.js";
export { createLocal, local } from "./create-local.js";
export type { FilmParams } from "./provider/local-compose.js";
export type { ScenePainterParams } from "./provider/local-image.js";
export type { ScoreParams } from "./provider/local-music.js";
export type { FormantParams } from "./provider/local-speech.js";
export type { StoryboardParams } from "./provider/local-text.js";
export type { ParallaxParams } from "./provider/local-video.js";
export type {
  Act,
  CameraMotion,
  Framing,
  Setting,
  Storyboard,
  StoryMusic,
  StoryScene,
  TimeOfDay,
  Weather,
} from "./storyboard/storyboard.js";
