import { muxFilm } from "../film/mux-film.js";
import { decodePicture } from "../paint/rasterize.js";
import { paintTitle, type TitleText } from "../paint/title-card.js";
import { vignette } from "../paint/vignette.js";
import type { Effect } from "../scene/effects.js";
import type { LayerMotion } from "../scene/layer-plan.js";
import type { CameraMotion } from "../storyboard/storyboard.js";
import { blendPlane, markCovered, type Placement } from "./blend-plane.js";
import { placeLayer } from "./camera.js";
import { openClipEncoder } from "./encode-clip.js";
import { fitPicture } from "./fit-picture.js";
import { clearFrame, createFrame, type Frame, finishFrame } from "./frame.js";
import { createParticles, type ParticleSystem } from "./particles.js";
import { type PlaneLayer, toPlaneLayer } from "./plane-layer.js";

export interface ClipLayer {
  readonly depth: number;
  readonly motion: LayerMotion;
  readonly png: Uint8Array;
}

export interface ClipJob {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly durationSeconds: number;
  readonly camera: CameraMotion;
  readonly layers: readonly ClipLayer[];
  readonly effects: readonly Effect[];
  readonly title: TitleText | undefined;
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
  readonly quantization: number;
  readonly seed: number;
}

interface Stack {
  readonly layers: readonly { readonly depth: number; readonly motion: LayerMotion; readonly planes: PlaneLayer }[];
  readonly particles: readonly ParticleSystem[];
  readonly title: PlaneLayer | undefined;
  readonly covered: Uint8Array;
  readonly vignetteMap: Uint16Array;
}

/** Renders a clip from its layers and encodes it; the bytes are an mp4 without sound and without a clock time. */
export async function renderClip(job: ClipJob, onProgress: (fraction: number) => void): Promise<Uint8Array> {
  const stack = await prepareStack(job);
  const encoder = await openClipEncoder(job);
  const frame = createFrame(job.width, job.height);
  const count = Math.round(job.durationSeconds * job.frameRate);
  for (let index = 0; index < count; index++) {
    drawFrame(frame, stack, job, index / job.frameRate);
    encoder.add(frame);
    if (index % 6 === 5) onProgress((index + 1) / (count + 1));
  }
  return muxFilm({ clips: [encoder.finish()], sound: undefined });
}

async function prepareStack(job: ClipJob): Promise<Stack> {
  const layers = [...job.layers].sort((first, second) => first.depth - second.depth);
  const isLone = layers.length === 1;
  return {
    layers: await Promise.all(
      layers.map(async (layer) => {
        const raster = await decodePicture(layer.png);
        const fitted = await fitPicture(raster, job.width, job.height, isLone);
        return { depth: layer.depth, motion: layer.motion, planes: toPlaneLayer(fitted) };
      }),
    ),
    particles: job.effects.map((effect, index) => createParticles(effect, job.seed + index)),
    title: job.title === undefined ? undefined : toPlaneLayer(await paintTitle(job.title, job.width, job.height)),
    covered: new Uint8Array(job.height),
    vignetteMap: createVignette(job.width, job.height),
  };
}

function drawFrame(frame: Frame, stack: Stack, job: ClipJob, seconds: number): void {
  const moment = { seconds, durationSeconds: job.durationSeconds, width: job.width, height: job.height };
  const placed = stack.layers.map((layer) => ({
    ...layer,
    place: placeLayer(layer.motion, job.camera, layer.planes.isFree, moment),
  }));
  const covers = coveredRows(frame, placed);
  clearFrame(frame);
  let drawn = -1;
  for (const [index, layer] of placed.entries()) {
    drawParticles(frame, stack.particles, drawn, layer.depth, seconds);
    drawn = layer.depth;
    blendLayer(frame, layer.planes, layer.place, covers[index] ?? stack.covered);
  }
  drawParticles(frame, stack.particles, drawn, Number.POSITIVE_INFINITY, seconds);
  const light = fadeAt(seconds, job);
  finishFrame(frame, stack.vignetteMap, light);
  if (stack.title !== undefined) drawTitle(frame, stack, job, seconds, light);
}

/** For each layer, the rows that the layers before it fill; rows of particles in between are a fair price. */
function coveredRows(frame: Frame, placed: readonly { planes: PlaneLayer; place: Placement }[]): Uint8Array[] {
  const covers: Uint8Array[] = [];
  let covered = new Uint8Array(frame.height);
  for (let index = placed.length - 1; index >= 0; index--) {
    const layer = placed[index];
    covers[index] = covered;
    covered = covered.slice();
    if (layer !== undefined) markCovered(covered, frame.luma, layer.planes.luma, layer.place);
  }
  return covers;
}

function drawParticles(
  frame: Frame,
  systems: readonly ParticleSystem[],
  from: number,
  to: number,
  seconds: number,
): void {
  for (const system of systems) if (system.depth > from && system.depth <= to) system.draw(frame, seconds);
}

function blendLayer(frame: Frame, planes: PlaneLayer, place: Placement, covered: Uint8Array): void {
  blendPlane(frame.luma, planes.luma, place, covered);
  blendPlane(frame.blue, planes.blue, place, covered);
  blendPlane(frame.red, planes.red, place, covered);
}

function drawTitle(frame: Frame, stack: Stack, job: ClipJob, seconds: number, light: number): void {
  if (stack.title === undefined) return;
  const last = job.durationSeconds - (job.title?.style === "end" ? 0.2 : 0.7);
  const shown = Math.min(1, Math.max(0, (seconds - 0.5) / 0.9)) * Math.min(1, Math.max(0, (last - seconds) / 0.7));
  const opacity = Math.round(256 * shown * shown * (3 - 2 * shown) * light);
  if (opacity < 2) return;
  const place: Placement = {
    scale: 1 + seconds * 0.004,
    x: 0,
    y: 0,
    shear: 0,
    pivot: 1,
    ripple: 0,
    seconds,
    opacity,
    isFree: true,
  };
  blendLayer(frame, stack.title, place, stack.covered);
}

function fadeAt(seconds: number, job: ClipJob): number {
  const opening = job.fadeInSeconds > 0 ? seconds / job.fadeInSeconds : 1;
  const closing =
    job.fadeOutSeconds > 0 ? (job.durationSeconds - seconds - 0.5 / job.frameRate) / job.fadeOutSeconds : 1;
  const light = Math.max(0, Math.min(1, opening, closing));
  return light * light * (3 - 2 * light);
}

function createVignette(width: number, height: number): Uint16Array {
  const map = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      map[row * width + column] = Math.round(256 * vignette((column + 0.5) / width, (row + 0.5) / height));
    }
  }
  return map;
}
