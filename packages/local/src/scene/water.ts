import { fromHex, mixRgb } from "../paint/color.js";
import { createNoise, fractal, smoothStep } from "../random/noise.js";
import type { LayerPlan, Raster } from "./layer-plan.js";
import { writePixel } from "./sky.js";
import { BOARD_HEIGHT, BOARD_WIDTH, type Stage } from "./stage.js";

export interface WaterOptions {
  /** Board row where the mirror begins. */
  readonly y: number;
  readonly tint: string;
  /** 0 mirror to 1 open sea. */
  readonly roughness: number;
  /** Share of the tint at the horizon and at the foot of the frame. */
  readonly murk: readonly [number, number];
}

/** Water or wet ground: mirrors what lies behind it, broken by waves, with the light's path on it. */
export function waterLayer(stage: Stage, options: WaterOptions): LayerPlan {
  return {
    name: "water",
    depth: 0.5,
    motion: { parallax: 0.45, ripple: 0.0012 + options.roughness * 0.0022 },
    kind: "reflection",
    paint: (behind, raster) => paintWater(stage, options, behind, raster),
  };
}

function paintWater(stage: Stage, options: WaterOptions, behind: Raster, raster: Raster): void {
  const noise = createNoise(stage.scene.seed ^ 0x77);
  const tint = fromHex(options.tint);
  const light = fromHex(stage.lightColor);
  const unit = raster.height / BOARD_HEIGHT;
  const first = Math.floor(options.y * unit);
  for (let row = first; row < raster.height; row++) {
    const below = (row - first) / unit;
    const near = below / (BOARD_HEIGHT - options.y);
    const waveX = 16 + near * 150;
    const waveY = 2.2 + near * 20;
    const murk = options.murk[0] + (options.murk[1] - options.murk[0]) * near;
    for (let column = 0; column < raster.width; column++) {
      const x = (column / raster.width) * BOARD_WIDTH;
      const wave = fractal(noise, x / waveX, (options.y + below) / waveY, 3) - 0.5;
      const reach = below * 1.12 + wave * (14 + near * 150) * (0.25 + options.roughness);
      const source = mirrored(
        behind,
        column + wave * 26 * unit * (0.3 + options.roughness),
        first - 2 - Math.abs(reach) * unit,
      );
      const crest = smoothStep(0.13, 0.27, wave) * (0.1 + 0.3 * options.roughness);
      const path = lightPath(stage, x, below, wave);
      const base = mixRgb(source, tint, Math.min(1, murk + Math.max(0, -wave) * 0.5 * options.roughness));
      const color = mixRgb(mixRgb(base, [235, 242, 250], crest * (stage.isDark ? 0.3 : 0.6)), light, path);
      writePixel(raster, row * raster.width + column, color, 255);
    }
  }
}

/** Glints below the sun or moon. */
function lightPath(stage: Stage, x: number, below: number, wave: number): number {
  const width = 26 + below * 0.42;
  const across = Math.exp(-(((x - stage.lightX) / width) ** 2));
  return across * smoothStep(0.0, 0.2, wave + 0.03) * 0.85 * stage.lightStrength;
}

function mirrored(behind: Raster, column: number, row: number): readonly [number, number, number] {
  const x = Math.min(behind.width - 1, Math.max(0, Math.round(column)));
  const y = Math.min(behind.height - 1, Math.max(0, Math.round(row)));
  const at = (y * behind.width + x) * 4;
  return [behind.data[at] ?? 0, behind.data[at + 1] ?? 0, behind.data[at + 2] ?? 0];
}
