import { fromHex, mixRgb, type Rgb } from "../paint/color.js";
import { createNoise, fractal, smoothStep } from "../random/noise.js";
import type { LayerPlan, Raster } from "./layer-plan.js";
import { writePixel } from "./sky.js";
import { BOARD_HEIGHT, BOARD_WIDTH, type Stage } from "./stage.js";

/** Curtains of green and violet light that wave slowly. */
export function auroraLayer(stage: Stage): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ 0xa0);
  const strength = { opening: 0.95, journey: 1.2, arrival: 1.8 }[stage.scene.act];
  return {
    name: "aurora",
    depth: 0.05,
    motion: { parallax: 0.1, ripple: 0.006, pulse: 0.22, drift: 0.004 },
    kind: "pixels",
    scale: 0.4,
    paint: (raster) => paintAurora(raster, stage, noise, strength),
  };
}

function paintAurora(raster: Raster, stage: Stage, noise: (x: number, y: number) => number, strength: number): void {
  const sums = new Float32Array(raster.width * raster.height);
  const heights = new Float32Array(raster.width * raster.height);
  for (let curtain = 0; curtain < 4; curtain++) {
    for (let column = 0; column < raster.width; column++) {
      const u = column / raster.width;
      const foot =
        (0.3 + curtain * 0.1 + (fractal(noise, u * 2.2 + curtain * 7, curtain, 3) - 0.5) * 0.52) * stage.horizon;
      const rays = 0.25 + 0.75 * fractal(noise, u * 46 + curtain * 31, 5.5, 3) ** 1.6;
      const bright = rays * smoothStep(0.25, 0.75, fractal(noise, u * 3 + curtain * 11, 2.5, 2)) * 1.5;
      const tall = stage.horizon * (0.26 + 0.3 * noise(u * 9 + curtain, 8.2));
      for (let row = 0; row < raster.height; row++) {
        const above = foot - (row / raster.height) * BOARD_HEIGHT;
        const light = above < 0 ? Math.exp(above / 13) : Math.exp(-above / (tall * 0.42));
        const at = row * raster.width + column;
        sums[at] = (sums[at] ?? 0) + light * bright;
        heights[at] = (heights[at] ?? 0) + light * bright * Math.min(1, Math.max(0, above / tall));
      }
    }
  }
  tintAurora(raster, sums, heights, strength);
}

function tintAurora(raster: Raster, sums: Float32Array, heights: Float32Array, strength: number): void {
  const low: Rgb = [96, 255, 176];
  const high: Rgb = [150, 96, 232];
  for (let index = 0; index < sums.length; index++) {
    const sum = sums[index] ?? 0;
    const share = sum > 0.001 ? (heights[index] ?? 0) / sum : 0;
    const alpha = (1 - Math.exp(-sum * 0.9 * strength)) * 0.86;
    writePixel(raster, index, mixRgb(low, high, smoothStep(0.12, 0.8, share)), alpha * 255);
  }
}

/** A bank of mist around a height of the board. */
export function fogLayer(
  stage: Stage,
  options: { name: string; depth: number; y: number; height: number; strength: number },
): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ Math.round(options.y));
  const color = fromHex(mixFog(stage));
  const motion = { parallax: options.depth, drift: 0.008 + options.depth * 0.008, pulse: 0.1 };
  return {
    name: options.name,
    depth: options.depth,
    motion,
    kind: "pixels",
    scale: 0.25,
    paint: (raster) => {
      for (let row = 0; row < raster.height; row++) {
        const y = (row / raster.height) * BOARD_HEIGHT;
        const band = Math.exp(-(((y - options.y) / options.height) ** 2));
        if (band < 0.01) continue;
        for (let column = 0; column < raster.width; column++) {
          const x = (column / raster.width) * BOARD_WIDTH;
          const body = fractal(noise, x / 260, y / 70, 4);
          writePixel(
            raster,
            row * raster.width + column,
            color,
            band * smoothStep(0.18, 0.85, body) * options.strength * 255,
          );
        }
      }
    },
  };
}

function mixFog(stage: Stage): string {
  const [, , lower = "#999999", haze = "#cccccc"] = stage.scene.palette;
  const [r, g, b] = mixRgb(fromHex(lower), fromHex(haze), 0.65);
  return `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** The haze around the light, laid over what stands before it. */
export function glareLayer(stage: Stage): LayerPlan {
  const peak =
    (0.2 + 0.35 * stage.lightStrength) *
    (stage.scene.timeOfDay === "night" ? 0.45 : stage.scene.timeOfDay === "day" ? 0.4 : 0.8);
  const rays = stage.lightStrength > 0.5 && stage.scene.timeOfDay !== "night" ? godRays(stage) : "";
  const gradient = `<radialGradient id="glare"><stop offset="0" stop-color="${stage.lightColor}" stop-opacity="${peak.toFixed(2)}"/><stop offset="0.35" stop-color="${stage.lightColor}" stop-opacity="${(peak * 0.38).toFixed(2)}"/><stop offset="1" stop-color="${stage.lightColor}" stop-opacity="0"/></radialGradient>`;
  const body = `<defs>${gradient}<filter id="soft"><feGaussianBlur stdDeviation="9"/></filter></defs><circle cx="${stage.lightX}" cy="${stage.lightY}" r="560" fill="url(#glare)"/>${rays}`;
  return { name: "glare", depth: 0.3, motion: { parallax: 0.12, pulse: 0.16 }, kind: "svg", body };
}

function godRays(stage: Stage): string {
  const random = stage.random("rays");
  return Array.from({ length: 9 }, (_, index) => {
    const angle = (index / 9) * Math.PI * 2 + random.range(-0.2, 0.2);
    const width = random.range(0.03, 0.09);
    const length = random.range(480, 980);
    const point = (turn: number): string =>
      `${(stage.lightX + Math.cos(turn) * length).toFixed(0)},${(stage.lightY + Math.sin(turn) * length).toFixed(0)}`;
    return `<polygon points="${stage.lightX},${stage.lightY} ${point(angle - width)} ${point(angle + width)}" fill="${stage.lightColor}" opacity="${random.range(0.03, 0.08).toFixed(3)}" filter="url(#soft)"/>`;
  }).join("");
}
