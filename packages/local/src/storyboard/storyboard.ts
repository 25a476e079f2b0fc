/** Kinds of place the painter can build. */
export type Setting =
  | "sea"
  | "harbour"
  | "beach"
  | "lake"
  | "river"
  | "street"
  | "city"
  | "village"
  | "forest"
  | "meadow"
  | "mountain"
  | "desert"
  | "tundra"
  | "space"
  | "underwater"
  | "clouds";
export type TimeOfDay = "dawn" | "day" | "sunset" | "dusk" | "night";
export type Weather = "clear" | "cloudy" | "rain" | "storm" | "snow" | "fog" | "wind" | "aurora";
export type Act = "opening" | "journey" | "arrival";
export type Framing = "wide" | "medium" | "close";
export type CameraMotion = "pan-right" | "pan-left" | "push-in" | "pull-out" | "rise";

/** One scene: what the painter, the camera and the narrator each need. */
export interface StoryScene {
  readonly title: string;
  /** A sentence for the painter. */
  readonly picture: string;
  /** One spoken line. */
  readonly narration: string;
  readonly act: Act;
  readonly setting: Setting;
  readonly timeOfDay: TimeOfDay;
  readonly weather: Weather;
  /** A key of the painter's subjects, like "boat". */
  readonly subject: string;
  /** `#rrggbb` that the sentence asked for, else chosen. */
  readonly subjectColor: string;
  readonly framing: Framing;
  readonly motion: CameraMotion;
  /** Five colours from the top of the sky to the nearest shadow. */
  readonly palette: readonly string[];
  readonly durationSeconds: number;
  readonly seed: number;
}

export interface StoryMusic {
  readonly mood: string;
  /** Beats per minute. */
  readonly tempo: number;
  readonly key: string;
}

/** What the `storyboard` model writes. */
export interface Storyboard {
  readonly title: string;
  readonly logline: string;
  readonly scenes: readonly StoryScene[];
  readonly music: StoryMusic;
}
