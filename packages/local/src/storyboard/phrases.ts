import type { Act, Setting, TimeOfDay, Weather } from "./storyboard.js";

type Lines = readonly [string, ...string[]];

/** How a narrator names each place. */
export const PLACE_PHRASES: Readonly<Record<Setting, string>> = {
  sea: "the open sea",
  harbour: "the old harbour",
  beach: "the quiet shore",
  lake: "the still lake",
  river: "the slow river",
  street: "the long street",
  city: "the great city",
  village: "the little village",
  forest: "the deep forest",
  meadow: "the wide meadow",
  mountain: "the high mountains",
  desert: "the silent desert",
  tundra: "the white forest",
  space: "the dark between the stars",
  underwater: "the deep blue water",
  clouds: "the roof of the sky",
};

/** How a narrator tells the hour. */
export const TIME_PHRASES: Readonly<Record<TimeOfDay, string>> = {
  dawn: "at first light",
  day: "under a bright sky",
  sunset: "as the sun goes down",
  dusk: "in the blue hour",
  night: "in the middle of the night",
};

/** What the weather does while the story moves on. */
export const WEATHER_PHRASES: Readonly<Record<Weather, string>> = {
  clear: "the air is still",
  cloudy: "the clouds drift by",
  rain: "the rain keeps falling",
  storm: "the storm grows loud",
  snow: "the snow comes down",
  fog: "the mist is rising",
  wind: "the wind is turning",
  aurora: "the sky begins to burn green",
};

/** How the story ends, by its weather. */
export const ENDING_PHRASES: Readonly<Record<Weather, string>> = {
  clear: "the world is full of light",
  cloudy: "the clouds open at last",
  rain: "the rain grows soft and warm",
  storm: "the storm is gone",
  snow: "the snow is bright as day",
  fog: "the mist lets go",
  wind: "the wind lies down to rest",
  aurora: "the whole sky is dancing",
};

/** Narration of each act. `{the}` is the subject, `{place}`, `{time}`, `{weather}`, `{ending}` the phrases above. */
export const NARRATION_LINES: Readonly<Record<Act, Lines>> = {
  opening: [
    "Here, {time}, a small story begins.",
    "It begins {time}, by {place}.",
    "Look closely. {time}, something is moving.",
    "This is {place}, {time}.",
  ],
  journey: [
    "Around {the}, {weather}.",
    "And {weather}, but there is no turning back.",
    "Far from home, with {the}, {weather}.",
    "Step by step, on towards the light.",
  ],
  arrival: ["And in the end, {ending}.", "Then, all at once, {ending}.", "And for {the}, {ending}."],
};

/** Titles of the scenes. */
export const SCENE_TITLES: Readonly<Record<Act, Lines>> = {
  opening: ["A Beginning", "First Light", "Setting Out", "Once"],
  journey: ["The Way There", "Onward", "Between", "Further"],
  arrival: ["Home", "The Light", "Arrival", "At Last"],
};

/** What the camera sees in each act; the picture sentence starts with it. */
export const VIEW_PHRASES: Readonly<Record<Act, string>> = {
  opening: "A wide view of",
  journey: "A nearer view of",
  arrival: "A glowing last view of",
};
