import { composeLayers } from "../scene/compose-layers.js";
import { type Effect, effectsOf } from "../scene/effects.js";
import type { LayerMotion, LayerPlan, Raster } from "../scene/layer-plan.js";
import { BOARD_HEIGHT, BOARD_WIDTH, createStage, OVERSCAN } from "../scene/stage.js";
import type { StoryScene } from "../storyboard/storyboard.js";
import { createRaster, cropMiddle, layOver } from "./blend-raster.js";
import { encodePng, rasterizeSvg, scaleRaster } from "./rasterize.js";
import { addRimLight } from "./rim-light.js";
import { vignette } from "./vignette.js";

export interface PaintedLayer {
  readonly name: string;
  readonly depth: number;
  readonly motion: LayerMotion;
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface PaintedScene {
  readonly keyFrame: Uint8Array;
  readonly layers: readonly PaintedLayer[];
  readonly effects: readonly Effect[];
}

export interface PaintOptions {
  readonly width: number;
  readonly height: number;
  /** Also encode every layer. */
  readonly layers: boolean;
  readonly onProgress: (fraction: number) => void;
}

/** Paints a scene: the composed key frame and, if asked for, each of its layers with room for the camera. */
export async function paintScene(scene: StoryScene, options: PaintOptions): Promise<PaintedScene> {
  const stage = createStage(scene);
  const plans = composeLayers(stage);
  const width = Math.round((options.width * OVERSCAN) / 2) * 2;
  const height = Math.round((options.height * OVERSCAN) / 2) * 2;
  const picture = createRaster(width, height);
  const layers: Promise<PaintedLayer>[] = [];
  for (const [index, plan] of plans.entries()) {
    const raster = await paintLayer(plan, picture, width, height);
    layOver(picture, raster);
    if (options.layers) layers.push(encodeLayer(plan, raster));
    options.onProgress((index + 1) / (plans.length + 1));
  }
  const frame = cropMiddle(picture, options.width, options.height);
  darkenEdges(frame);
  return { keyFrame: await encodePng(frame, true), layers: await Promise.all(layers), effects: effectsOf(stage) };
}

async function paintLayer(plan: LayerPlan, behind: Raster, width: number, height: number): Promise<Raster> {
  if (plan.kind === "svg") {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${BOARD_WIDTH} ${BOARD_HEIGHT}" preserveAspectRatio="none">${plan.body}</svg>`;
    const raster = await rasterizeSvg(svg, width, height);
    if (plan.rim !== undefined) addRimLight(raster, plan.rim);
    return raster;
  }
  if (plan.kind === "reflection") {
    const raster = createRaster(width, height);
    plan.paint(behind, raster);
    return raster;
  }
  const small = createRaster(
    Math.max(16, Math.round(width * plan.scale)),
    Math.max(9, Math.round(height * plan.scale)),
  );
  plan.paint(small);
  return scaleRaster(small, width, height);
}

async function encodeLayer(plan: LayerPlan, raster: Raster): Promise<PaintedLayer> {
  const png = await encodePng(raster, false);
  return { name: plan.name, depth: plan.depth, motion: plan.motion, png, width: raster.width, height: raster.height };
}

/** The vignette that the clip has too. */
function darkenEdges(raster: Raster): void {
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      const factor = vignette((column + 0.5) / raster.width, (row + 0.5) / raster.height);
      const at = (row * raster.width + column) * 4;
      for (let part = 0; part < 3; part++) raster.data[at + part] = (raster.data[at + part] ?? 0) * factor;
    }
  }
}
