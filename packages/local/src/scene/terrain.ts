import { fromHex, mix, mixRgb } from "../paint/color.js";
import { createNoise, fractal, smoothStep } from "../random/noise.js";
import type { LayerMotion, LayerPlan } from "./layer-plan.js";
import { writePixel } from "./sky.js";
import { BOARD_HEIGHT, BOARD_WIDTH, type Stage } from "./stage.js";

export interface TerrainOptions {
  readonly name: string;
  readonly depth: number;
  /** Board row of the foot. */
  readonly base: number;
  /** How far the crest rises above the foot. */
  readonly height: number;
  /** 0 near to 1 lost in haze. */
  readonly distance: number;
  readonly motion?: LayerMotion;
}

/** A mountain range with lit and shaded faces and, high up, snow. */
export function mountainLayer(stage: Stage, options: TerrainOptions & { snow: number }): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ Math.round(options.base * 31 + options.height));
  const rock = fromHex(stage.shade(options.distance));
  const haze = fromHex(stage.shade(1));
  const lit = mixRgb(rock, fromHex(stage.lightColor), 0.2 + 0.3 * stage.lightStrength);
  const white = mixRgb(mixRgb([236, 242, 252], rock, stage.isDark ? 0.55 : 0.15), fromHex(stage.lightColor), 0.18);
  const side = (x: number): number => Math.min(1, Math.max(-1, (stage.lightX - x) / 180));
  return {
    name: options.name,
    depth: options.depth,
    motion: options.motion ?? { parallax: options.depth },
    kind: "pixels",
    scale: 0.5,
    paint: (raster) => {
      for (let column = 0; column < raster.width; column++) {
        const x = (column / raster.width) * BOARD_WIDTH;
        const crest = crestOf(noise, x, options);
        const first = Math.max(0, Math.floor((crest / BOARD_HEIGHT) * raster.height));
        for (let row = first; row < raster.height; row++) {
          const y = (row / raster.height) * BOARD_HEIGHT;
          const drop = y - crest;
          const warp = (fractal(noise, x / 90 + 40, y / 90, 2) - 0.5) * 60;
          const slope =
            fractal(noise, (x + warp + drop * 0.5) / 62 + 80, y / 210, 4) -
            fractal(noise, (x + warp + drop * 0.5 + 12 * side(x)) / 62 + 80, y / 210, 4);
          const light = smoothStep(-0.06, 0.1, -slope);
          const cap =
            smoothStep(0.62, 0.4, drop / options.height + (fractal(noise, x / 34, y / 26, 3) - 0.5) * 0.9) *
            options.snow;
          const faced = mixRgb(mixRgb(rock, lit, light * 0.75), mixRgb(mixRgb(white, rock, 0.35), white, light), cap);
          const color = mixRgb(
            faced,
            haze,
            smoothStep(0.25, 1.1, drop / options.height) * (0.25 + 0.5 * options.distance),
          );
          const edge = Math.min(1, (drop / BOARD_HEIGHT) * raster.height + 0.5);
          writePixel(raster, row * raster.width + column, color, edge * 255);
        }
      }
    },
  };
}

function crestOf(noise: (x: number, y: number) => number, x: number, options: TerrainOptions): number {
  const ridge = 1 - Math.abs(fractal(noise, x / 330 + 3, 0.5, 2) * 2 - 1) * 1.9;
  const detail = fractal(noise, x / 75, 7.5, 4) - 0.5;
  return options.base - options.height * (0.25 + 0.72 * ridge + 0.42 * detail);
}

/** Smooth hills, each crest catching some light. */
export function hillLayer(stage: Stage, options: TerrainOptions & { color?: string }): LayerPlan {
  const random = stage.random(options.name);
  const phase = random.range(0, 6.28);
  const wave = random.range(300, 460);
  const crest = (x: number): number =>
    options.base -
    options.height * (0.5 + 0.34 * Math.sin(x / wave + phase) + 0.16 * Math.sin(x / (wave * 0.37) + phase * 2.1));
  const points = Array.from({ length: 81 }, (_, index) => `${index * 20},${crest(index * 20).toFixed(1)}`).join(" ");
  const color = options.color ?? stage.shade(options.distance);
  const top = mix(color, stage.lightColor, 0.1 + 0.16 * stage.lightStrength);
  const foot = mix(color, stage.shade(options.distance > 0.35 ? 1 : 0), 0.42);
  const id = `hill-${options.name}`;
  const body = `<defs><linearGradient id="${id}" x1="0" y1="${options.base - options.height}" x2="0" y2="${Math.min(900, options.base + options.height * 1.4)}" gradientUnits="userSpaceOnUse"><stop offset="0" stop-color="${top}"/><stop offset="0.4" stop-color="${color}"/><stop offset="1" stop-color="${foot}"/></linearGradient></defs><polygon points="0,900 ${points} 1600,900" fill="url(#${id})"/>`;
  const rim = { color: stage.lightColor, x: (stage.lightX - 800) / 400, y: -2.2, strength: 0.3 * stage.lightStrength };
  return {
    name: options.name,
    depth: options.depth,
    motion: options.motion ?? { parallax: options.depth },
    kind: "svg",
    body,
    rim,
  };
}

/** The ground the subject stands on: a soft slope with tufts, ripples or drifts. */
export function groundLayer(stage: Stage, options: { color: string; y: number; name?: string }): LayerPlan {
  const random = stage.random("ground");
  const light = mix(options.color, stage.lightColor, 0.25 + 0.25 * stage.lightStrength);
  const foot = mix(options.color, stage.shade(0), 0.72);
  const marks = Array.from({ length: 150 }, () => {
    const y = options.y + 14 + random.next() ** 1.4 * (880 - options.y);
    const size = ((y - options.y) / 260) * random.range(14, 60) + 5;
    const x = random.range(0, 1600);
    const isLit = Math.abs(x - stage.lightX) < 420 || random.chance(0.3);
    return `<ellipse cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" rx="${size.toFixed(0)}" ry="${(size * 0.11).toFixed(1)}" fill="${isLit ? light : foot}" opacity="${random.range(0.08, 0.3).toFixed(2)}"/>`;
  }).join("");
  const edge = `M0,900 L0,${options.y + 6} C400,${options.y - 18} 700,${options.y + 20} 1000,${options.y} S1450,${options.y - 14} 1600,${options.y + 8} L1600,900 Z`;
  const body = `<defs><linearGradient id="ground" x1="0" y1="${options.y - 10}" x2="0" y2="900" gradientUnits="userSpaceOnUse"><stop offset="0" stop-color="${light}"/><stop offset="0.25" stop-color="${options.color}"/><stop offset="1" stop-color="${foot}"/></linearGradient><radialGradient id="pool"><stop offset="0" stop-color="${stage.lightColor}" stop-opacity="${(0.45 * stage.lightStrength + 0.08).toFixed(2)}"/><stop offset="1" stop-color="${stage.lightColor}" stop-opacity="0"/></radialGradient><clipPath id="land"><path d="${edge}"/></clipPath></defs><path d="${edge}" fill="url(#ground)"/><g clip-path="url(#land)"><ellipse cx="${stage.lightX}" cy="${options.y + 20}" rx="620" ry="190" fill="url(#pool)"/>${marks}</g>`;
  return { name: options.name ?? "ground", depth: 0.62, motion: { parallax: 0.62 }, kind: "svg", body };
}
