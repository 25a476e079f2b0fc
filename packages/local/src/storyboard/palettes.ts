import type { TimeOfDay, Weather } from "./storyboard.js";

type Colors = readonly [zenith: string, upper: string, lower: string, horizon: string, shadow: string];

/** Sky from the top to the horizon, then the colour of the nearest shadow. */
export const TIME_PALETTES: Readonly<Record<TimeOfDay, readonly [Colors, ...Colors[]]>> = {
  dawn: [
    ["#2b3f6e", "#6d6a9c", "#d99a92", "#ffd9a0", "#1f2238"],
    ["#27506e", "#5f8ea0", "#e0b59a", "#ffe3b0", "#1b2b33"],
  ],
  day: [
    ["#2f6fb5", "#5f9fd4", "#a8d3ea", "#eaf3ee", "#20343a"],
    ["#2b7fa8", "#63b0c8", "#b4dfe0", "#f4f2dc", "#1f3a3a"],
  ],
  sunset: [
    ["#2a2a5e", "#7a3f74", "#e0624e", "#ffc36b", "#20152b"],
    ["#1f3558", "#8a4a5e", "#ee7f48", "#ffd27a", "#1d1a26"],
  ],
  dusk: [
    ["#10183a", "#2d3566", "#6b5a8c", "#e39a86", "#0d1020"],
    ["#0e1f3a", "#24466b", "#56789a", "#e0b79a", "#0b141f"],
  ],
  night: [
    ["#050a1c", "#0c1738", "#1d3260", "#44629a", "#04070f"],
    ["#06101c", "#0b2238", "#154258", "#3f7f8c", "#040b10"],
  ],
};

/** The colour a weather lays over the sky, and how strongly. */
export const WEATHER_TINTS: Readonly<Record<Weather, readonly [string, number]>> = {
  clear: ["#ffffff", 0],
  cloudy: ["#8d95a3", 0.22],
  rain: ["#3d4a5f", 0.34],
  storm: ["#23283a", 0.5],
  snow: ["#b9c7db", 0.26],
  fog: ["#a9b3b8", 0.34],
  wind: ["#d9a066", 0.12],
  aurora: ["#0c2a3c", 0.35],
};

/** The light of the sun, moon or lamps. */
export const TIME_LIGHTS: Readonly<Record<TimeOfDay, string>> = {
  dawn: "#ffdca8",
  day: "#fff6dc",
  sunset: "#ffb45e",
  dusk: "#ffc08a",
  night: "#cfe0ff",
};
