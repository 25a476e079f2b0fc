import { fromHex, mixRgb, type Rgb } from "../paint/color.js";
import { createNoise, fractal, type Noise, smoothStep } from "../random/noise.js";
import type { LayerPlan, Raster } from "./layer-plan.js";
import { BOARD_HEIGHT, BOARD_WIDTH, type Stage } from "./stage.js";

interface SkyPaint {
  readonly stops: readonly Rgb[];
  readonly light: Rgb;
  readonly cloudCover: number;
  readonly noise: Noise;
  readonly stage: Stage;
}

const COVERS = {
  clear: 0.3,
  cloudy: 0.62,
  rain: 0.8,
  storm: 0.9,
  snow: 0.66,
  fog: 0.5,
  wind: 0.55,
  aurora: 0.12,
} as const;

/** The sky: gradient, the light's glow and disc, stars and lit clouds. */
export function skyLayer(stage: Stage): LayerPlan {
  const paint: SkyPaint = {
    stops: stage.scene.palette.slice(0, 4).map(fromHex),
    light: fromHex(stage.lightColor),
    cloudCover: COVERS[stage.scene.weather] - (stage.scene.act === "arrival" ? 0.12 : 0),
    noise: createNoise(stage.scene.seed),
    stage,
  };
  return {
    name: "sky",
    depth: 0,
    motion: { parallax: 0.06 },
    kind: "pixels",
    scale: 0.5,
    paint: (raster) => paintSky(raster, paint),
  };
}

/** A sharp layer of stars and the disc of the sun or moon. */
export function starLayer(stage: Stage): LayerPlan | undefined {
  const stars = stage.scene.timeOfDay === "night" ? starField(stage) : "";
  const disc = stage.lightStrength > 0.25 && stage.scene.setting !== "space" ? lightDisc(stage) : "";
  if (stars === "" && disc === "") return undefined;
  return { name: "stars", depth: 0.02, motion: { parallax: 0.05 }, kind: "svg", body: stars + disc };
}

function starField(stage: Stage): string {
  const random = stage.random("stars");
  const count = stage.scene.weather === "clear" || stage.scene.weather === "aurora" ? 240 : 70;
  return Array.from({ length: count }, () => {
    const size = 0.5 + random.next() ** 4 * 2;
    const y = random.range(0, stage.horizon * 0.95);
    const opacity = random.range(0.25, 0.95) * (1 - (y / stage.horizon) * 0.6);
    return `<circle cx="${random.range(0, 1600).toFixed(1)}" cy="${y.toFixed(1)}" r="${size.toFixed(2)}" fill="#f4f7ff" opacity="${opacity.toFixed(2)}"/>`;
  }).join("");
}

function lightDisc(stage: Stage): string {
  const isMoon = stage.scene.timeOfDay === "night";
  const radius = isMoon ? 38 : stage.scene.timeOfDay === "day" ? 30 : 52;
  const opacity = Math.min(1, stage.lightStrength * (stage.scene.timeOfDay === "dusk" ? 0.7 : 1)).toFixed(2);
  const craters = isMoon
    ? [
        [-12, -8, 9],
        [10, 6, 7],
        [-4, 14, 5],
        [14, -14, 4],
      ]
        .map(
          ([x = 0, y = 0, r = 0]) =>
            `<circle cx="${stage.lightX + x}" cy="${stage.lightY + y}" r="${r}" fill="#9fb2d4" opacity="0.35"/>`,
        )
        .join("")
    : "";
  return `<defs><radialGradient id="disc"><stop offset="0" stop-color="#fffdf4"/><stop offset="0.86" stop-color="${stage.lightColor}"/><stop offset="1" stop-color="${stage.lightColor}" stop-opacity="0"/></radialGradient></defs><g opacity="${opacity}"><circle cx="${stage.lightX}" cy="${stage.lightY}" r="${radius}" fill="url(#disc)"/>${craters}</g>`;
}

function paintSky(raster: Raster, paint: SkyPaint): void {
  for (let row = 0; row < raster.height; row++) {
    const y = (row / raster.height) * BOARD_HEIGHT;
    const base = gradientAt(paint.stops, y / paint.stage.horizon);
    for (let column = 0; column < raster.width; column++) {
      const x = (column / raster.width) * BOARD_WIDTH;
      const color = skyColor(x, y, base, paint);
      const dither = ((row * 7 + column * 13) % 5) * 0.3 - 0.6;
      writePixel(raster, row * raster.width + column, color, 255, dither);
    }
  }
}

function skyColor(x: number, y: number, base: Rgb, paint: SkyPaint): Rgb {
  const { stage, light, noise } = paint;
  const distance = Math.hypot(x - stage.lightX, (y - stage.lightY) * 1.15);
  const reach = stage.scene.timeOfDay === "night" ? 300 : 520;
  const glow = Math.exp(-distance / reach) * 0.62 + Math.exp(-distance / (reach * 0.2)) * 0.5;
  const lit = mixRgb(base, light, Math.min(0.92, glow * (0.35 + 0.65 * stage.lightStrength)));
  const depth = 0.35 + Math.max(0, 1 - y / stage.horizon) * 1.5;
  const u = (x - 800) / (300 * depth) + 9;
  const v = (y + 160) / (105 * depth) + 3;
  const body = fractal(noise, u, v, 5);
  const cover = smoothStep(0.86 - paint.cloudCover * 0.55, 1.02 - paint.cloudCover * 0.42, body);
  if (cover <= 0.004) return lit;
  const towards = fractal(noise, u + (stage.lightX - x) * 0.00045, v + (stage.lightY - y) * 0.0009, 3);
  const shine = smoothStep(0.1, -0.09, towards - body) * (0.3 + glow * 1.25);
  const dark = mixRgb(paint.stops[1] ?? base, [34, 38, 58], stage.scene.weather === "storm" ? 0.6 : 0.3);
  const cloud = mixRgb(
    mixRgb(dark, paint.stops[2] ?? base, 0.45),
    mixRgb(paint.stops[3] ?? base, light, 0.5),
    Math.min(1, shine),
  );
  return mixRgb(lit, cloud, cover * 0.86);
}

function gradientAt(stops: readonly Rgb[], position: number): Rgb {
  const at = Math.min(0.9999, Math.max(0, position)) ** 1.15 * (stops.length - 1);
  const index = Math.floor(at);
  const first = stops[index] ?? [0, 0, 0];
  return mixRgb(first, stops[index + 1] ?? first, at - index);
}

/** Writes one pixel; `dither` hides the steps of a slow gradient. */
export function writePixel(raster: Raster, index: number, color: Rgb, alpha: number, dither = 0): void {
  const at = index * 4;
  raster.data[at] = Math.min(255, Math.max(0, color[0] + dither));
  raster.data[at + 1] = Math.min(255, Math.max(0, color[1] + dither));
  raster.data[at + 2] = Math.min(255, Math.max(0, color[2] + dither));
  raster.data[at + 3] = alpha;
}
