import { fromHex, mix, mixRgb, type Rgb } from "../paint/color.js";
import { createNoise, fractal, smoothStep } from "../random/noise.js";
import type { LayerPlan, Raster } from "./layer-plan.js";
import { writePixel } from "./sky.js";
import { BOARD_HEIGHT, BOARD_WIDTH, type Stage } from "./stage.js";

/** Coloured gas between the stars. */
export function nebulaLayer(stage: Stage): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ 0x4e);
  const random = stage.random("nebula");
  const colors: readonly Rgb[] = random.chance(0.5)
    ? [
        [206, 74, 132],
        [72, 96, 214],
      ]
    : [
        [58, 170, 180],
        [142, 72, 190],
      ];
  return {
    name: "sky",
    depth: 0,
    motion: { parallax: 0.05 },
    kind: "pixels",
    scale: 0.5,
    paint: (raster) => paintNebula(raster, noise, colors),
  };
}

function paintNebula(raster: Raster, noise: (x: number, y: number) => number, colors: readonly Rgb[]): void {
  const [first = [200, 80, 140], second = [70, 90, 210]] = colors;
  for (let row = 0; row < raster.height; row++) {
    const y = (row / raster.height) * BOARD_HEIGHT;
    for (let column = 0; column < raster.width; column++) {
      const x = (column / raster.width) * BOARD_WIDTH;
      const warp = fractal(noise, x / 300, y / 300, 3) * 2.2;
      const body = fractal(noise, x / 330 + warp, y / 260 + warp * 0.6, 5);
      const lane = Math.exp(-(((y - 450 - (x - 800) * 0.28) / 300) ** 2));
      const strength = smoothStep(0.34, 0.82, body) * (0.25 + 0.75 * lane);
      const gas = mixRgb(first, second, smoothStep(0.3, 0.7, fractal(noise, x / 420 + 30, y / 420, 2)));
      const hot = smoothStep(0.62, 0.9, body) * lane;
      writePixel(
        raster,
        row * raster.width + column,
        mixRgb(mixRgb([5, 6, 18], gas, strength * 0.75), [255, 232, 214], hot * 0.5),
        255,
        ((row * 7 + column * 13) % 5) * 0.3 - 0.6,
      );
    }
  }
}

/** Many stars over the whole board and a great planet with a lit side. */
export function planetLayers(stage: Stage): readonly LayerPlan[] {
  const random = stage.random("planet");
  const stars = Array.from(
    { length: 420 },
    () =>
      `<circle cx="${random.range(0, 1600).toFixed(1)}" cy="${random.range(0, 900).toFixed(1)}" r="${(0.4 + random.next() ** 5 * 2.6).toFixed(2)}" fill="#f2f5ff" opacity="${random.range(0.3, 1).toFixed(2)}"/>`,
  ).join("");
  const isNear = stage.scene.act === "arrival";
  const radius = isNear ? 560 : stage.scene.act === "journey" ? 300 : 210;
  const x = isNear ? 900 : stage.lightX > 800 ? 1120 : 430;
  const y = isNear ? 1080 : 330;
  const color = random.pick(["#c98a5a", "#5a86b8", "#8a6fb0", "#5aa08c"]);
  return [
    { name: "stars", depth: 0.03, motion: { parallax: 0.08 }, kind: "svg", body: stars },
    {
      name: "planet",
      depth: 0.25,
      motion: { parallax: 0.25 },
      kind: "svg",
      body: planet(stage, { x, y, radius, color, hasRing: !isNear && random.chance(0.6) }),
    },
  ];
}

function planet(
  stage: Stage,
  options: { x: number; y: number; radius: number; color: string; hasRing: boolean },
): string {
  const { x, y, radius, color } = options;
  const random = stage.random("bands");
  const bands = Array.from(
    { length: 14 },
    () =>
      `<ellipse cx="${x}" cy="${(y + random.range(-0.95, 0.95) * radius).toFixed(0)}" rx="${radius * 1.1}" ry="${(radius * random.range(0.015, 0.07)).toFixed(1)}" fill="${mix(color, random.pick(["#ffffff", "#20142a"]), 0.35)}" opacity="${random.range(0.15, 0.5).toFixed(2)}"/>`,
  ).join("");
  const ring = (half: string): string =>
    `<g transform="rotate(-18 ${x} ${y})"><path d="M${x - radius * 1.9},${y} A${radius * 1.9},${radius * 0.42} 0 0 ${half} ${x + radius * 1.9},${y}" fill="none" stroke="${mix(color, "#fff2dc", 0.6)}" stroke-width="${radius * 0.16}" opacity="0.55"/></g>`;
  const sphere = `<defs><radialGradient id="ball" cx="0.34" cy="0.28" r="0.85"><stop offset="0" stop-color="#ffffff" stop-opacity="0.35"/><stop offset="0.42" stop-color="#000000" stop-opacity="0.05"/><stop offset="0.8" stop-color="#02030a" stop-opacity="0.82"/><stop offset="1" stop-color="#02030a" stop-opacity="0.96"/></radialGradient><radialGradient id="air"><stop offset="0.86" stop-color="${mix(color, "#bfe2ff", 0.6)}" stop-opacity="0.55"/><stop offset="1" stop-color="${mix(color, "#bfe2ff", 0.6)}" stop-opacity="0"/></radialGradient><clipPath id="globe"><circle cx="${x}" cy="${y}" r="${radius}"/></clipPath></defs><circle cx="${x}" cy="${y}" r="${radius * 1.1}" fill="url(#air)"/><circle cx="${x}" cy="${y}" r="${radius}" fill="${color}"/><g clip-path="url(#globe)"><g transform="rotate(-18 ${x} ${y})">${bands}</g></g><circle cx="${x}" cy="${y}" r="${radius}" fill="url(#ball)"/>`;
  return options.hasRing ? ring("1") + sphere + ring("0") : sphere;
}

/** Deep water with shafts of light from above. */
export function deepLayer(stage: Stage): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ 0x5ea);
  const tint = stage.scene.act === "arrival" ? "#7fe0d8" : "#58b8d0";
  const top = fromHex(stage.isDark ? mix(tint, "#203a70", 0.5) : tint);
  const deep: Rgb = stage.scene.act === "journey" ? [4, 22, 48] : [5, 34, 66];
  return {
    name: "sky",
    depth: 0,
    motion: { parallax: 0.05, ripple: 0.002 },
    kind: "pixels",
    scale: 0.5,
    paint: (raster) => {
      for (let row = 0; row < raster.height; row++) {
        const v = row / raster.height;
        for (let column = 0; column < raster.width; column++) {
          const x = (column / raster.width) * BOARD_WIDTH;
          const slant = (x - stage.lightX) / (0.35 + v * 0.9) / 130;
          const shaft =
            smoothStep(0.45, 0.85, fractal(noise, slant + 60, 1.5, 3)) *
            Math.exp(-(((x - stage.lightX) / 620) ** 2)) *
            (1 - v) ** 1.3;
          const glow = Math.exp(-Math.hypot(x - stage.lightX, v * 700) / 330);
          const base = mixRgb(top, deep, smoothStep(-0.1, 0.85, v));
          writePixel(
            raster,
            row * raster.width + column,
            mixRgb(base, [226, 255, 246], Math.min(0.9, shaft * 0.55 + glow * 0.6)),
            255,
          );
        }
      }
    },
  };
}

/** Kelp, corals and the sea floor. */
export function seabedLayers(stage: Stage): readonly LayerPlan[] {
  const floor = (name: string, depth: number, base: number, share: number): LayerPlan => {
    const random = stage.random(name);
    const color = mix("#0a3552", "#041222", share);
    const weeds = Array.from({ length: 16 }, () => {
      const x = random.range(-20, 1620);
      const height = random.range(90, 330) * (0.5 + share) * (0.4 + Math.abs(x - 800) / 900);
      const bend = random.range(-60, 60);
      return `<path d="M${x - 9},${base + 40} Q${x + bend},${base - height * 0.5} ${x + bend * 0.4},${base - height} Q${x + bend + 16},${base - height * 0.45} ${x + 10},${base + 40}Z" fill="${mix(color, random.pick(["#1f6a5c", "#2d5a7a", "#7a3f6a", "#a8584a"]), 0.4 * (1.2 - share))}"/>`;
    }).join("");
    const hump = `<path d="M0,900 L0,${base} Q300,${base - 70} 620,${base + 10} T1180,${base - 10} T1600,${base - 40} L1600,900Z" fill="${color}"/>`;
    return {
      name,
      depth,
      motion: { parallax: depth, sway: 0.014 },
      kind: "svg",
      body: weeds + hump,
      rim: { color: "#9fe8e0", x: 0.6, y: -2, strength: 0.22 },
    };
  };
  return [floor("reef-far", 0.3, 720, 0.15), floor("reef-mid", 0.55, 800, 0.5), floor("near", 1, 868, 0.95)];
}

/** A bank of clouds seen from above, lit from the light's side. */
export function cloudBankLayer(
  stage: Stage,
  options: { name: string; depth: number; base: number; distance: number },
): LayerPlan {
  const noise = createNoise(stage.scene.seed ^ Math.round(options.base));
  const [, upper = "#667799", lower = "#99aabb", haze = "#ddeeff"] = stage.scene.palette;
  const shadow = fromHex(mix(upper, lower, options.distance));
  const lit = fromHex(mix(mix(haze, "#ffffff", stage.isDark ? 0 : 0.35), stage.lightColor, 0.4));
  const size = 130 + (1 - options.distance) * 190;
  return {
    name: options.name,
    depth: options.depth,
    motion: { parallax: options.depth, drift: 0.003 + options.depth * 0.008 },
    kind: "pixels",
    scale: 0.4,
    paint: (raster) => {
      for (let row = 0; row < raster.height; row++) {
        const y = (row / raster.height) * BOARD_HEIGHT;
        for (let column = 0; column < raster.width; column++) {
          const x = (column / raster.width) * BOARD_WIDTH;
          const body = fractal(noise, x / size + 5, y / (size * 0.62), 5);
          const edge = (y - options.base) / (size * 1.1) + (body - 0.5) * 2.6;
          const cover = smoothStep(-0.1, 0.14, edge);
          if (cover < 0.01) continue;
          const shine =
            smoothStep(0.9, 0, edge) * 0.75 +
            (body - fractal(noise, x / size + 5 + (stage.lightX - x) * 0.0002, (y - 30) / (size * 0.62), 4)) * 2;
          writePixel(
            raster,
            row * raster.width + column,
            mixRgb(shadow, lit, Math.min(1, Math.max(0, shine))),
            cover * 255,
          );
        }
      }
    },
  };
}
